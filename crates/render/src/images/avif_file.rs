//! An AVIF file's boxes: which coded pictures it holds, how they are put together, turned and coloured. Nothing is
//! decoded here. (ISO/IEC 14496-12 has the boxes, 23008-12 the pictures in them.)

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Orientation;
use super::decode::Failure;

/// The main picture of a file.
pub(super) struct AvifFile<'a> {
    /// Pixels as stored, before it is turned.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    pub(super) color: Coded<'a>,
    pub(super) alpha: Option<Coded<'a>>,
    /// The colours were multiplied by alpha.
    pub(super) premultiplied: bool,
    pub(super) icc: Option<&'a [u8]>,
    pub(super) code_points: Option<CodePoints>,
}

/// AV1 pictures side by side: one, or the tiles of a grid row by row.
pub(super) struct Coded<'a> {
    pub(super) columns: usize,
    pub(super) tiles: Vec<Cow<'a, [u8]>>,
}

/// What the numbers of the coded pictures mean (ITU-T H.273).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodePoints {
    pub(super) primaries: u8,
    pub(super) transfer: u8,
    pub(super) matrix: u8,
    pub(super) full_range: bool,
}

type Name = [u8; 4];

const ALPHA: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0", b"urn:mpeg:hevc:2015:auxid:1\0"];

/// Whether the bytes begin as an AVIF file does: the brand is the first or among the compatible ones.
pub(super) fn is_avif(bytes: &[u8]) -> bool {
    let Some((b"ftyp", body, _)) = next_box(bytes) else { return false };
    let brands = body.chunks_exact(4).enumerate().filter(|(place, _)| *place != 1);
    brands.map(|(_, brand)| brand).any(|brand| brand == b"avif" || brand == b"avis")
}

impl<'a> AvifFile<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Failure> {
        let meta = boxes(bytes).find_map(|(name, body)| (name == b"meta").then_some(body));
        let items = Items::read(bytes, meta.and_then(|meta| meta.get(4..)).ok_or_else(incomplete)?)?;
        let main = items.item(items.main)?;
        items.refuse_unknown(main)?;
        let (width, height) = items.size(main)?;
        let alpha = items.alpha();
        Ok(AvifFile {
            width,
            height,
            orientation: items.orientation(main),
            color: items.coded(items.main)?,
            alpha: alpha.map(|alpha| items.coded(alpha)).transpose()?,
            premultiplied: alpha.is_some_and(|alpha| items.points(b"prem", items.main).any(|to| to == alpha)),
            icc: items.icc(main),
            code_points: items.code_points(main),
        })
    }
}

/// What `meta` says of the pictures.
struct Items<'a> {
    file: &'a [u8],
    /// Bytes of items inside `meta` itself.
    inside: &'a [u8],
    main: u32,
    by_id: BTreeMap<u32, Item>,
    properties: Vec<(&'a Name, &'a [u8])>,
    /// Kind, from, to.
    references: Vec<(Name, u32, u32)>,
}

#[derive(Default)]
struct Item {
    kind: Name,
    is_inside: bool,
    /// Offset and length.
    extents: Vec<(u64, u64)>,
    /// Place in the list of properties, from 1; whether it must be understood.
    properties: Vec<(usize, bool)>,
}

impl<'a> Items<'a> {
    fn read(file: &'a [u8], meta: &'a [u8]) -> Result<Self, Failure> {
        let mut items = Items {
            file,
            inside: &[],
            main: 0,
            by_id: BTreeMap::new(),
            properties: Vec::new(),
            references: Vec::new(),
        };
        for (name, body) in boxes(meta) {
            let read = match name {
                b"pitm" => items.read_main(body),
                b"iinf" => items.read_kinds(body),
                b"iloc" => items.read_places(body),
                b"iref" => items.read_references(body),
                b"iprp" => items.read_properties(body),
                b"idat" => {
                    items.inside = body;
                    Some(())
                }
                _ => Some(()),
            };
            read.ok_or_else(incomplete)?;
        }
        Ok(items)
    }

    fn read_main(&mut self, body: &[u8]) -> Option<()> {
        let (version, mut fields) = full(body)?;
        self.main = fields.number(if version == 0 { 2 } else { 4 })? as u32;
        Some(())
    }

    fn read_kinds(&mut self, body: &[u8]) -> Option<()> {
        let (version, mut fields) = full(body)?;
        fields.number(if version == 0 { 2 } else { 4 })?;
        for (name, entry) in boxes(fields.0) {
            let (version, mut fields) = full(entry)?;
            if name == b"infe" && version >= 2 {
                let id = fields.number(if version == 2 { 2 } else { 4 })? as u32;
                fields.number(2)?;
                self.by_id.entry(id).or_default().kind = *fields.take(4)?.first_chunk()?;
            }
        }
        Some(())
    }

    fn read_places(&mut self, body: &[u8]) -> Option<()> {
        let (version, mut fields) = full(body)?;
        let sizes = fields.number(2)? as usize;
        let [offset_size, length_size, base_size] = [sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15];
        let index_size = if version == 0 { 0 } else { sizes & 15 };
        let id_size = if version < 2 { 2 } else { 4 };
        for _ in 0..fields.number(id_size)? {
            let id = fields.number(id_size)? as u32;
            let is_inside = version > 0 && fields.number(2)? & 15 == 1;
            fields.number(2)?;
            let base = fields.number(base_size)?;
            let mut extents = Vec::new();
            for _ in 0..fields.number(2)? {
                fields.number(index_size)?;
                let offset = fields.number(offset_size)?;
                extents.push((base.checked_add(offset)?, fields.number(length_size)?));
            }
            let item = self.by_id.entry(id).or_default();
            (item.is_inside, item.extents) = (is_inside, extents);
        }
        Some(())
    }

    fn read_references(&mut self, body: &[u8]) -> Option<()> {
        let (version, fields) = full(body)?;
        let id_size = if version == 0 { 2 } else { 4 };
        for (name, body) in boxes(fields.0) {
            let mut fields = Fields(body);
            let from = fields.number(id_size)? as u32;
            for _ in 0..fields.number(2)? {
                self.references.push((*name, from, fields.number(id_size)? as u32));
            }
        }
        Some(())
    }

    fn read_properties(&mut self, body: &'a [u8]) -> Option<()> {
        for (name, body) in boxes(body) {
            match name {
                b"ipco" => self.properties = boxes(body).collect(),
                b"ipma" => self.read_associations(body)?,
                _ => {}
            }
        }
        Some(())
    }

    fn read_associations(&mut self, body: &[u8]) -> Option<()> {
        let is_wide = body.get(3)? & 1 == 1;
        let (version, mut fields) = full(body)?;
        for _ in 0..fields.number(4)? {
            let id = fields.number(if version == 0 { 2 } else { 4 })? as u32;
            let count = fields.number(1)?;
            let item = self.by_id.entry(id).or_default();
            for _ in 0..count {
                let number = fields.number(if is_wide { 2 } else { 1 })? as usize;
                let essential = if is_wide { 0x8000 } else { 0x80 };
                item.properties.push((number & (essential - 1), number & essential != 0));
            }
        }
        Some(())
    }

    fn item(&self, id: u32) -> Result<&Item, Failure> {
        self.by_id.get(&id).ok_or_else(incomplete)
    }

    fn properties_of<'i>(&'i self, item: &'i Item) -> impl Iterator<Item = (&'a Name, &'a [u8], bool)> + 'i {
        item.properties.iter().filter_map(|(number, essential)| {
            let (name, body) = self.properties.get(number.checked_sub(1)?)?;
            Some((*name, *body, *essential))
        })
    }

    fn property(&self, item: &Item, wanted: &Name) -> Option<&'a [u8]> {
        self.properties_of(item).find_map(|(name, body, _)| (name == wanted).then_some(body))
    }

    /// A picture must not be shown by those who don't know what it calls essential.
    fn refuse_unknown(&self, item: &Item) -> Result<(), Failure> {
        const KNOWN: [&Name; 7] = [b"ispe", b"pixi", b"av1C", b"colr", b"irot", b"imir", b"auxC"];
        match self.properties_of(item).find(|(name, _, essential)| *essential && !KNOWN.contains(name)) {
            Some((name, ..)) => {
                let name = String::from_utf8_lossy(name);
                Err(Failure::Unsupported(format!("it cannot be shown without its property '{name}'")))
            }
            None => Ok(()),
        }
    }

    fn size(&self, item: &Item) -> Result<(u32, u32), Failure> {
        let read = |body: &[u8]| {
            let (_, mut fields) = full(body)?;
            Some((fields.number(4)? as u32, fields.number(4)? as u32))
        };
        self.property(item, b"ispe").and_then(read).ok_or_else(incomplete)
    }

    /// First turned, then mirrored, as files list it.
    fn orientation(&self, item: &Item) -> Orientation {
        let first = |name| self.property(item, name).and_then(|body| body.first().copied());
        let quarters = first(b"irot").unwrap_or(0) & 3;
        // Of a quarter turn against the clock, and then: as it is, top and bottom swapped, left and right swapped.
        let exif = match (quarters, first(b"imir").map(|axis| axis & 1)) {
            (0, None) => 1,
            (0, Some(0)) => 4,
            (0, Some(_)) => 2,
            (1, None) => 8,
            (1, Some(0)) => 5,
            (1, Some(_)) => 7,
            (2, None) => 3,
            (2, Some(0)) => 2,
            (2, Some(_)) => 4,
            (_, None) => 6,
            (_, Some(0)) => 7,
            (_, Some(_)) => 5,
        };
        Orientation::from_exif(exif).unwrap_or(Orientation::UPRIGHT)
    }

    fn icc(&self, item: &Item) -> Option<&'a [u8]> {
        let mut colors = self.properties_of(item).filter(|(name, ..)| *name == b"colr");
        colors.find_map(|(_, body, _)| body.strip_prefix(b"prof").or(body.strip_prefix(b"rICC")))
    }

    fn code_points(&self, item: &Item) -> Option<CodePoints> {
        let mut colors = self.properties_of(item).filter(|(name, ..)| *name == b"colr");
        let mut fields = Fields(colors.find_map(|(_, body, _)| body.strip_prefix(b"nclx"))?);
        let [primaries, transfer, matrix] = [fields.number(2)?, fields.number(2)?, fields.number(2)?].map(|n| n as u8);
        Some(CodePoints { primaries, transfer, matrix, full_range: fields.number(1)? & 0x80 != 0 })
    }

    fn points(&self, kind: &'static Name, from: u32) -> impl Iterator<Item = u32> + '_ {
        self.references.iter().filter(move |(name, of, _)| name == kind && *of == from).map(|(.., to)| *to)
    }

    /// The picture that says how opaque the main one is.
    fn alpha(&self) -> Option<u32> {
        let is_alpha = |id: u32| {
            let auxiliary = self.by_id.get(&id).and_then(|item| self.property(item, b"auxC"));
            auxiliary
                .and_then(|body| body.get(4..))
                .is_some_and(|kind| ALPHA.iter().any(|alpha| kind.starts_with(alpha)))
        };
        let auxiliary = self.references.iter().filter(|(name, _, to)| name == b"auxl" && *to == self.main);
        auxiliary.map(|(_, from, _)| *from).find(|from| is_alpha(*from))
    }

    fn coded(&self, id: u32) -> Result<Coded<'a>, Failure> {
        let item = self.item(id)?;
        match &item.kind {
            b"av01" => Ok(Coded { columns: 1, tiles: vec![self.data(item)?] }),
            b"grid" => self.grid(id, item),
            other => {
                let kind = String::from_utf8_lossy(other);
                Err(Failure::Unsupported(format!("its picture is of the kind '{kind}'")))
            }
        }
    }

    fn grid(&self, id: u32, item: &Item) -> Result<Coded<'a>, Failure> {
        let data = self.data(item)?;
        let &[_, _, rows, columns, ..] = &*data else { return Err(incomplete()) };
        let (rows, columns) = (usize::from(rows) + 1, usize::from(columns) + 1);
        let mut tiles = Vec::new();
        for tile in self.points(b"dimg", id) {
            let tile = self.item(tile)?;
            if &tile.kind != b"av01" {
                return Err(Failure::damaged("a tile of its grid is no picture"));
            }
            tiles.push(self.data(tile)?);
        }
        if tiles.len() != rows * columns {
            return Err(Failure::damaged("tiles of its grid are missing"));
        }
        Ok(Coded { columns, tiles })
    }

    fn data(&self, item: &Item) -> Result<Cow<'a, [u8]>, Failure> {
        let from = if item.is_inside { self.inside } else { self.file };
        let part = |(offset, length): (u64, u64)| {
            let start = usize::try_from(offset).ok()?;
            // A length of 0 reaches to the end.
            let end = if length == 0 { from.len() } else { start.checked_add(usize::try_from(length).ok()?)? };
            from.get(start..end)
        };
        let too_short = || Failure::damaged("it ends too early");
        if let [one] = item.extents[..] {
            return part(one).map(Cow::Borrowed).ok_or_else(too_short);
        }
        let mut data = Vec::new();
        for extent in &item.extents {
            data.extend_from_slice(part(*extent).ok_or_else(too_short)?);
            if data.len() > from.len() {
                return Err(Failure::damaged("its parts overlap"));
            }
        }
        if data.is_empty() { Err(incomplete()) } else { Ok(Cow::Owned(data)) }
    }
}

fn incomplete() -> Failure {
    Failure::damaged("its header is incomplete")
}

/// A box's version and what follows its flags.
fn full(body: &[u8]) -> Option<(u8, Fields<'_>)> {
    Some((*body.first()?, Fields(body.get(4..)?)))
}

/// Numbers one after the other, the highest byte first.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Of 0 to 8 bytes.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        if bytes > 8 {
            return None;
        }
        Some(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

/// The boxes of a body; one that is cut short is the last and not given.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&Name, &[u8])> {
    std::iter::from_fn(move || {
        let (name, body, rest) = next_box(bytes)?;
        bytes = rest;
        Some((name, body))
    })
}

/// Name, body, and what follows.
fn next_box(bytes: &[u8]) -> Option<(&Name, &[u8], &[u8])> {
    let mut fields = Fields(bytes);
    let size = fields.number(4)?;
    let name = fields.take(4)?.first_chunk()?;
    let (head, size) = match size {
        0 => (8, bytes.len() as u64),
        1 => (16, fields.number(8)?),
        size => (8, size),
    };
    let size = usize::try_from(size).ok()?;
    Some((name, bytes.get(head..size)?, &bytes[size..]))
}
