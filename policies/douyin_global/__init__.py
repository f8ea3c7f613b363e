"""The guarantees that every Douyin Global merchant must carry (抖音全球购商家保障), published on 15 March 2022."""

from douyin_global.authenticity import EDITION as AUTHENTICITY
from douyin_global.damage import EDITION as DAMAGE
from douyin_global.local_return import EDITION as LOCAL_RETURN

EDITIONS = (AUTHENTICITY, DAMAGE, LOCAL_RETURN)
