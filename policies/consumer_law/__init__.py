"""What the Consumer Protection Law (消费者权益保护法) gives every consumer in China who buys at a distance."""

from consumer_law.seven_day_return import EDITION as SEVEN_DAY_RETURN

EDITIONS = (SEVEN_DAY_RETURN,)
