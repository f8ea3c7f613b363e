"""The right that the Consumer Protection Law (消费者权益保护法) gives every distance buyer in China."""

from consumer_law.seven_day_return import EDITION as SEVEN_DAY_RETURN

EDITIONS = (SEVEN_DAY_RETURN,)
