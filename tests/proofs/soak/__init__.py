"""The service under load for minutes while workers are killed and stopped, and whether its record is right afterwards."""
