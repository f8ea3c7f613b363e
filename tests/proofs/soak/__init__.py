"""The service under load for minutes while workers are killed and paused, and a check of its record afterwards."""
