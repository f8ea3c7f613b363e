"""Pictures to try the examiner on: drawn from a seed, with real barcodes, under conditions that are stated."""

from __future__ import annotations

import io
from random import Random
from typing import Any, Final

import zxingcpp
from attrs import frozen
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

EAN13: Final = zxingcpp.BarcodeFormat.EAN13
EAN8: Final = zxingcpp.BarcodeFormat.EAN8
CODE128: Final = zxingcpp.BarcodeFormat.Code128
QR: Final = zxingcpp.BarcodeFormat.QRCode
SIZE: Final = (1000, 750)
_HEIGHT: Final = 50
"""The height of a barcode, in modules."""


@frozen(kw_only=True)
class Conditions:
    """How a picture was taken. By default well: straight, sharp, evenly lit."""

    angle: float = 0
    """Degrees by which the code is turned."""
    scale: float = 3
    """Pixels that the narrowest bar is wide."""
    blur: float = 0
    """Radius of a Gaussian blur, in pixels."""
    light: float = 0
    """How much darker the dark side is, from 0 to 1."""
    noise: float = 0
    """Standard deviation of noise, in grey values."""
    quality: int = 90
    """Of the JPEG."""
    crop: float = 0
    """The part of the code, from 0 to 1, that the edge of the picture cuts off."""
    size: tuple[int, int] = SIZE


def with_check_digit(digits: str) -> str:
    """A number of EAN or UPC with its check digit."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def code(text: str, format: zxingcpp.BarcodeFormat) -> Image.Image:
    """A code with its quiet zone, one pixel for the narrowest bar."""
    made: Any = zxingcpp.create_barcode(text, format).to_image(scale=1, add_quiet_zones=True)
    height, width = made.shape
    drawn = Image.frombytes("L", (width, height), memoryview(made).tobytes())
    return drawn if format == QR else drawn.resize((width, _HEIGHT), Image.Resampling.NEAREST)


def surface(random: Random, size: tuple[int, int] = SIZE) -> Image.Image:
    """Cardboard: uneven, with grain, creases and printed stripes that are not a barcode."""
    coarse = Image.frombytes("L", (12, 9), random.randbytes(108)).resize(size, Image.Resampling.BICUBIC)
    grain = Image.frombytes("L", (size[0] // 4, size[1] // 4), random.randbytes((size[0] // 4) * (size[1] // 4)))
    mixed = Image.blend(coarse, grain.resize(size, Image.Resampling.BILINEAR), 0.2)
    tint = Image.new("RGB", size, (196, 160, 118))
    made = Image.blend(tint, mixed.convert("RGB"), 0.25)
    draw = ImageDraw.Draw(made)
    for _ in range(random.randrange(3, 9)):
        x, y = random.randrange(size[0]), random.randrange(size[1])
        ink = tuple(random.randrange(40, 200) for _ in range(3))
        for stripe in range(random.randrange(1, 30)):
            left = x + stripe * random.randrange(4, 9)
            draw.rectangle((left, y, left + random.randrange(1, 5), y + random.randrange(20, 120)), fill=ink)
    return made


def photo(random: Random, drawn: Image.Image | None, how: Conditions = Conditions()) -> Image.Image:
    """A picture of cardboard with a code on it, or without one."""
    made = surface(random, how.size)
    if drawn is not None:
        _stick_on(made, drawn, random, how)
    if how.light:
        shade = Image.linear_gradient("L").rotate(random.choice((0, 90, 180, 270))).resize(made.size)
        shade = shade.point(lambda value: round(255 - how.light * value))
        made = ImageChops.multiply(made, shade.convert("RGB"))
    if how.blur:
        made = made.filter(ImageFilter.GaussianBlur(how.blur))
    if how.noise:
        made = _with_noise(made, random, how.noise)
    return made


def jpeg(picture: Image.Image, quality: int = 90, exif: Image.Exif | None = None) -> bytes:
    """A picture as the bytes of a JPEG."""
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, exif=exif or Image.Exif())
    return written.getvalue()


def bottle(random: Random, drawn: Image.Image) -> Image.Image:
    """A broken bottle in a wet box, with the barcode on its label."""
    made = photo(random, None)
    draw = ImageDraw.Draw(made)
    draw.ellipse((120, 420, 700, 720), fill=(122, 88, 52))
    draw.polygon([(200, 120), (420, 90), (470, 560), (230, 600)], fill=(52, 84, 58))
    for _ in range(24):
        x, y = random.randrange(150, 650), random.randrange(420, 700)
        draw.polygon(
            [(x, y), (x + random.randrange(8, 50), y + 9), (x + 12, y + random.randrange(10, 40))], fill=(98, 138, 104)
        )
    _stick_on(made, drawn, random, Conditions(angle=17, scale=2.6), at=(640, 230))
    return made.filter(ImageFilter.GaussianBlur(0.6))


def statement(random: Random, lines: list[str], number: str) -> Image.Image:
    """A courier's statement: typed lines, the waybill's barcode, and a round red stamp."""
    made = Image.new("RGB", (1000, 1300), (250, 249, 245))
    draw = ImageDraw.Draw(made)
    for row, text in enumerate(lines):
        draw.text((90, 120 + row * 60), text, fill=(20, 20, 30), font=ImageFont.load_default(32))
    drawn = code(number, CODE128)
    made.paste(drawn.resize((drawn.width * 3, drawn.height * 2), Image.Resampling.NEAREST), (90, 760))
    stamp = Image.new("RGBA", (260, 260), (0, 0, 0, 0))
    ink = ImageDraw.Draw(stamp)
    ink.ellipse((6, 6, 254, 254), outline=(205, 30, 35, 210), width=9)
    ink.regular_polygon((130, 130, 42), 5, fill=(205, 30, 35, 210))
    ink.text((66, 186), "CARRIER", fill=(205, 30, 35, 210), font=ImageFont.load_default(28))
    turned = stamp.rotate(random.uniform(-15, 15), Image.Resampling.BICUBIC)
    made.paste(turned, (620, 920), turned)
    return made


def _stick_on(
    surface: Image.Image, drawn: Image.Image, random: Random, how: Conditions, at: tuple[int, int] | None = None
) -> None:
    """Put a label with a code onto a surface, turned, with its centre somewhere or at a place."""
    size = (round(drawn.width * how.scale), round(drawn.height * how.scale))
    label = drawn.resize(size, Image.Resampling.BICUBIC if how.scale % 1 else Image.Resampling.NEAREST).convert("RGBA")
    turned = label.rotate(how.angle, Image.Resampling.BICUBIC, expand=True)
    half = (turned.width // 2, turned.height // 2)
    x, y = at or tuple(
        random.randint(min(edge, side // 2), max(side - edge, side // 2))
        for edge, side in zip(half, surface.size, strict=True)
    )
    if how.crop:
        x = round(half[0] - turned.width * how.crop)
    surface.paste(turned, (x - half[0], y - half[1]), turned)


def _with_noise(picture: Image.Image, random: Random, deviation: float) -> Image.Image:
    grey = Image.frombytes("L", picture.size, random.randbytes(picture.width * picture.height))
    noise = grey.filter(ImageFilter.GaussianBlur(0.5)).convert("RGB")
    return Image.blend(picture, noise, min(0.9, deviation / 74))
