"""Makes the pictures in this folder with other people's tools: Pillow 12 or newer, with Little CMS and libavif.

    python3 make.py

Each photo comes with what Little CMS makes of it: `NAME.png` is NAME in sRGB. The AVIF files have four quarters: red,
green, blue and grey. The profiles are made here, so that nothing in this folder is anybody's but ours.
"""

import io
import pathlib
import struct

from PIL import Image, ImageCms

HERE = pathlib.Path(__file__).parent
PHOTO = HERE / "../../../../../templates/og-blog/assets/avatar.jpg"
D50 = (0.9642, 1.0, 0.8249)


def s15f16(*numbers):
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def profile(kind, space, pcs, tags):
    """An ICC profile of version 2 from its tags."""
    tags = {b"desc": description(kind), b"cprt": b"text\0\0\0\0CC0\0", b"wtpt": b"XYZ \0\0\0\0" + s15f16(*D50)} | tags
    table, data, at = b"", b"", 132 + 12 * len(tags)
    for name, body in tags.items():
        table += name + struct.pack(">II", at + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    size = at + len(data)
    head = struct.pack(">I4sI4s4s4s12s4s", size, b"\0" * 4, 0x02400000, kind[0], space, pcs, bytes(12), b"acsp")
    head = head.ljust(68, b"\0") + s15f16(*D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def description(kind):
    name = kind[1] + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(8 + 3 + 67)


def display_p3():
    """The primaries adapted to D50, and sRGB's curve."""
    linear = lambda v: v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
    curve = b"curv\0\0\0\0" + struct.pack(">I", 256)
    curve += b"".join(struct.pack(">H", round(65535 * linear(n / 255))) for n in range(256))
    columns = {b"r": (0.51512, 0.24120, -0.00105), b"g": (0.29198, 0.69225, 0.04189), b"b": (0.15710, 0.06657, 0.78407)}
    tags = {name + b"XYZ": b"XYZ \0\0\0\0" + s15f16(*xyz) for name, xyz in columns.items()}
    tags |= {name + b"TRC": curve for name in columns}
    return profile((b"mntr", b"P3"), b"RGB ", b"XYZ ", tags)


def press():
    """Inks on coated paper: Neugebauer's mix of what the full inks look like, with some gain of the dots."""
    inks = {  # Lab of paper, the inks, and their overprints
        (0, 0, 0): (93, 0, -3), (1, 0, 0): (55, -36, -45), (0, 1, 0): (48, 74, -3), (0, 0, 1): (88, -5, 90),
        (1, 1, 0): (25, 20, -46), (1, 0, 1): (50, -65, 28), (0, 1, 1): (47, 68, 46), (1, 1, 1): (23, 0, 0),
    }  # fmt: skip
    xyz = {key: lab_to_xyz(lab) for key, lab in inks.items()}
    black = lab_to_xyz((16, 0, 0))
    steps = 7
    gain = lambda dot: dot + 0.7 * dot * (1 - dot) * 0.6
    data = b""
    for number in range(steps**4):
        c, m, y, k = (gain(number // steps**place % steps / (steps - 1)) for place in (3, 2, 1, 0))
        color = [0.0] * 3
        for (on_c, on_m, on_y), solid in xyz.items():
            share = (c if on_c else 1 - c) * (m if on_m else 1 - m) * (y if on_y else 1 - y)
            for n in range(3):
                # Black on any colour is nearly black.
                color[n] += share * ((1 - k) * solid[n] + k * black[n] * (0.4 + 0.6 * solid[n] / xyz[0, 0, 0][n]))
        # As every profile says it: as if the paper were white.
        lightness, a, b = xyz_to_lab([value * d / p for value, d, p in zip(color, D50, xyz[0, 0, 0])])
        data += struct.pack(">3H", *(round(v) for v in (lightness * 652.8, (a + 128) * 256, (b + 128) * 256)))
    identity = s15f16(1, 0, 0, 0, 1, 0, 0, 0, 1)
    ends = struct.pack(">2H", 0, 65535)
    lut = b"mft2\0\0\0\0" + bytes([4, 3, steps, 0]) + identity + struct.pack(">2H", 2, 2) + ends * 4 + data + ends * 3
    return profile((b"prtr", b"press"), b"CMYK", b"Lab ", {b"A2B0": lut})


def lab_to_xyz(lab):
    lightness, a, b = lab
    fy = (lightness + 16) / 116
    inverse = lambda f: f**3 if f > 6 / 29 else (f - 4 / 29) * 3 * (6 / 29) ** 2
    return [inverse(f) * white for f, white in zip((fy + a / 500, fy, fy - b / 200), D50)]


def xyz_to_lab(xyz):
    curve = lambda t: t ** (1 / 3) if t > (6 / 29) ** 3 else t / 3 / (6 / 29) ** 2 + 4 / 29
    x, y, z = (curve(value / white) for value, white in zip(xyz, D50))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def photo():
    """A small photo whose right half is as colourful as it gets."""
    picture = Image.open(PHOTO).convert("RGB")
    picture = picture.resize((96, 64), Image.Resampling.LANCZOS)
    hues = Image.linear_gradient("L").resize((64, 48)).rotate(90)
    strip = Image.merge("HSV", [hues, Image.new("L", hues.size, 230), Image.linear_gradient("L").resize(hues.size)])
    picture.paste(strip.convert("RGB"), (48, 0))
    return picture


def with_reference(name, picture, icc, **options):
    path = HERE / name
    picture.save(path, icc_profile=icc, **options)
    again = Image.open(path)
    srgb = ImageCms.createProfile("sRGB")
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    again = ImageCms.profileToProfile(again, io.BytesIO(icc), srgb, renderingIntent=intent, outputMode="RGB")
    again.info.clear()
    again.save(HERE / f"{name}.png", optimize=True)


def inks(picture):
    """The usual way to inks: black for what all three have in common."""
    pixels = []
    for r, g, b in picture.get_flattened_data():
        k = 255 - max(r, g, b)
        pixels.append(tuple(255 - v - k for v in (r, g, b)) + (k,))
    out = Image.new("CMYK", picture.size)
    out.putdata(pixels)
    return out


def quarters(mode, size=(64, 48)):
    colors = {"RGB": [(255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 200, 200)], "L": [0, 90, 180, 255]}
    colors["RGBA"] = [color + (255,) for color in colors["RGB"][:3]] + [(200, 200, 200, 128)]
    picture = Image.new(mode, size)
    width, height = size[0] // 2, size[1] // 2
    for number, color in enumerate(colors[mode]):
        picture.paste(color, (number % 2 * width, number // 2 * height, (number % 2 + 1) * width, (number // 2 + 1) * height))
    return picture


def avif(name, picture, **options):
    picture.save(HERE / f"{name}.avif", **({"quality": 95, "speed": 3, "range": "full", "max_threads": 1} | options))


def boxes(data):
    at = 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        yield name, data[at + 8 : at + size]
        at += size


def box(name, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def grid():
    """Two pictures side by side, 100 of their 128 pixels wide: no encoder at hand writes that."""
    tiles, properties = [], {}
    for color in ((255, 0, 0), (0, 0, 255)):
        file = io.BytesIO()
        Image.new("RGB", (64, 64), color).save(file, "AVIF", quality=95, speed=3, subsampling="4:4:4", max_threads=1)
        top = dict(boxes(file.getvalue()))
        tiles.append(top[b"mdat"])
        properties = dict(boxes(dict(boxes(dict(boxes(top[b"meta"][4:]))[b"iprp"]))[b"ipco"]))
    size = lambda width, height: box(b"ispe", struct.pack(">III", 0, width, height))
    own = [box(name, properties[name]) for name in (b"av1C", b"colr", b"pixi")]
    ipco = box(b"ipco", size(100, 64), size(64, 64), *own)
    uses = {1: [1, 4, 5], 2: [2, 0x83, 4, 5], 3: [2, 0x83, 4, 5]}
    ipma = b"".join(struct.pack(">HB", item, len(use)) + bytes(use) for item, use in uses.items())
    kinds = b"".join(box(b"infe", b"\2\0\0\0", struct.pack(">HH4s", n, 0, kind), b"\0") for n, kind in enumerate((b"grid", b"av01", b"av01"), 1))
    how = b"\0\0" + bytes([0, 1]) + struct.pack(">HH", 100, 64)

    def file(start):
        """The grid itself lies in the header; `start` is where the tiles begin."""
        places = [(1, 1, 0, len(how)), (2, 0, start, len(tiles[0])), (3, 0, start + len(tiles[0]), len(tiles[1]))]
        iloc = b"".join(struct.pack(">HHHHII", item, inside, 0, 1, at, length) for item, inside, at, length in places)
        meta = box(
            b"meta", b"\0\0\0\0",
            box(b"hdlr", bytes(8), b"pict", bytes(13)),
            box(b"pitm", b"\0\0\0\0", struct.pack(">H", 1)),
            box(b"iinf", b"\0\0\0\0", struct.pack(">H", 3), kinds),
            box(b"iref", b"\0\0\0\0", box(b"dimg", struct.pack(">HHHH", 1, 2, 2, 3))),
            box(b"iprp", ipco, box(b"ipma", b"\0\0\0\0", struct.pack(">I", len(uses)), ipma)),
            box(b"idat", how),
            box(b"iloc", b"\1\0\0\0", struct.pack(">HH", 0x4400, len(places)), iloc),
        )  # fmt: skip
        return box(b"ftyp", b"avif\0\0\0\0avifmif1miaf") + meta + box(b"mdat", *tiles)

    start = len(file(0)) - sum(map(len, tiles))
    (HERE / "grid.avif").write_bytes(file(start))
    assert Image.open(HERE / "grid.avif").getpixel((90, 30))[2] > 240


def main():
    grid()
    with_reference("p3.jpg", photo(), display_p3(), quality=90, subsampling=0)
    with_reference("cmyk.jpg", inks(photo()), press(), quality=90)
    inks(photo()).save(HERE / "cmyk-progressive.jpg", icc_profile=press(), quality=90, progressive=True)
    with_reference("p3.avif", photo(), display_p3(), quality=90, subsampling="4:4:4", speed=3)
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        avif("quarters-" + subsampling.replace(":", ""), quarters("RGB"), subsampling=subsampling)
    avif("limited", quarters("RGB"), range="limited")
    avif("grey", quarters("L"), subsampling="4:0:0")
    avif("alpha", quarters("RGBA"), subsampling="4:4:4", quality=100)
    avif("premultiplied", quarters("RGBA"), subsampling="4:4:4", quality=100, alpha_premultiplied=True)
    for orientation in range(1, 9):
        turned = quarters("RGB")
        # What is upright again when it is turned as the file says.
        undo = {2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}.get(orientation, [])
        for way in undo:
            turned = turned.transpose(Image.Transpose(way))
        exif = Image.Exif()
        exif[0x0112] = orientation
        avif(f"turned-{orientation}", turned, exif=exif, subsampling="4:4:4")


main()
