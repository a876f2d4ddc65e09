//! What a target exposed last time, line by line: the key to reading its next exposition without decoding it.

use model::SeriesRef;

/// The series of a target's last exposition, in its order.
///
/// Of each line there are only the bytes that tell it from the line before: how many they share, and the rest.
/// With its handle a series costs 25 bytes on the bodies of node_exporter, Prometheus and Alertmanager, whose
/// series have 45 bytes of text, and 37 on that of VictoriaMetrics.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// For each line, as LEB128, shared bytes and flags, then the number of other bytes, then these.
    bytes: Vec<u8>,
    /// The handles of all lines that are not [`Line::repeated`].
    pub(crate) series: Vec<SeriesRef>,
    lines: usize,
    /// Whether any line is [`Line::timed`].
    pub(crate) timed: bool,
}

const FLAG_BITS: u32 = 2;
const REPEATED: u64 = 1;
const TIMED: u64 = 2;

/// What the layout holds of a line beside its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// The series stands in the exposition before already: this line has no handle and is not stored.
    pub(crate) repeated: bool,
    /// The sample had a timestamp of its own.
    pub(crate) timed: bool,
}

impl Layout {
    /// Number of lines.
    pub(crate) fn len(&self) -> usize {
        self.lines
    }

    /// Bytes of the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.series.capacity() * size_of::<SeriesRef>()
    }

    /// Starts at the first line.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor::default()
    }

    /// All lines in order: calls back with each line's bytes, what it is and its position in
    /// [`Layout::series`].
    pub(crate) fn for_each(&self, visit: impl FnMut(&[u8], Line, Option<usize>)) {
        self.for_each_from(self.cursor(), &[], visit);
    }

    /// As [`Layout::for_each`] from a cursor on, before which stands the line `previous`.
    pub(crate) fn for_each_from(
        &self,
        mut cursor: Cursor,
        previous: &[u8],
        mut visit: impl FnMut(&[u8], Line, Option<usize>),
    ) {
        let mut text = previous.to_vec();
        while let Some(entry) = self.entry(cursor) {
            text.truncate(entry.shared);
            text.extend_from_slice(entry.rest);
            let position = (!entry.line.repeated).then_some(cursor.position);
            visit(&text, entry.line, position);
            cursor = entry.next;
        }
    }

    /// The line at a cursor when `text` begins with it, given the line before; else nothing.
    #[inline(always)] // As in `expfmt`: the result stays in registers.
    pub(crate) fn recognise(&self, cursor: Cursor, previous: &[u8], text: &[u8]) -> Option<Recognised> {
        let entry = self.entry(cursor)?;
        let (head, tail) = text.split_at_checked(entry.shared)?;
        let known = previous.get(..entry.shared)? == head && tail.starts_with(entry.rest);
        let text_bytes = entry.shared + entry.rest.len();
        known.then_some(Recognised { text_bytes, line: entry.line, next: entry.next })
    }

    #[inline(always)]
    fn entry(&self, cursor: Cursor) -> Option<Entry<'_>> {
        let mut rest = self.bytes.get(cursor.at..)?;
        let head = take_number(&mut rest)?;
        let len = take_number(&mut rest)? as usize;
        let rest_at = self.bytes.len() - rest.len();
        let line = Line { repeated: head & REPEATED != 0, timed: head & TIMED != 0 };
        Some(Entry {
            shared: (head >> FLAG_BITS) as usize,
            rest: rest.get(..len)?,
            line,
            next: Cursor { at: rest_at + len, position: cursor.position + usize::from(!line.repeated) },
        })
    }

    /// Appends a line that follows `previous`. Its handle, if it has one, is pushed to [`Layout::series`] by
    /// the caller.
    pub(crate) fn push(&mut self, previous: &[u8], text: &[u8], line: Line) {
        let shared = previous.iter().zip(text).take_while(|(a, b)| a == b).count();
        let rest = text.get(shared..).unwrap_or_default();
        let flags = u64::from(line.repeated) * REPEATED + u64::from(line.timed) * TIMED;
        push_number(&mut self.bytes, ((shared as u64) << FLAG_BITS) | flags);
        push_number(&mut self.bytes, rest.len() as u64);
        self.bytes.extend_from_slice(rest);
        self.lines += 1;
        self.timed |= line.timed;
    }

    /// Appends the lines of another layout before a cursor, of which there are `lines`, with their handles.
    pub(crate) fn push_before(&mut self, other: &Self, cursor: Cursor, lines: usize) {
        self.bytes.extend_from_slice(other.bytes.get(..cursor.at).unwrap_or_default());
        self.series.extend_from_slice(other.series.get(..cursor.position).unwrap_or_default());
        self.lines += lines;
        // Some line of the other layout may be the timed one; then the slow way is taken for nothing.
        self.timed |= other.timed;
    }

    /// Gives back what growing left over.
    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.series.shrink_to_fit();
    }
}

/// A place between two lines of a layout.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    at: usize,
    /// Handles before this place.
    pub(crate) position: usize,
}

/// A line that an exposition repeats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recognised {
    /// Length of the line's series part.
    pub(crate) text_bytes: usize,
    /// What is known of it.
    pub(crate) line: Line,
    /// The place after it.
    pub(crate) next: Cursor,
}

struct Entry<'a> {
    shared: usize,
    rest: &'a [u8],
    line: Line,
    next: Cursor,
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[inline]
fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(lines: &[(&str, Line)]) -> Layout {
        let mut layout = Layout::default();
        let mut previous = "";
        for (at, (text, line)) in lines.iter().enumerate() {
            layout.push(previous.as_bytes(), text.as_bytes(), *line);
            if !line.repeated {
                layout.series.push(SeriesRef(at as u64));
            }
            previous = text;
        }
        layout
    }

    #[test]
    fn lines_come_back_and_are_recognised_in_order() {
        let plain = Line::default();
        let repeated = Line { repeated: true, timed: false };
        let timed = Line { repeated: false, timed: true };
        let long = format!("wait_sum{{path=\"/{}\"}}", "x".repeat(300));
        let lines = [("wait", plain), ("wait_sum", timed), ("wait", repeated), ("", plain), (&*long, plain)];
        let layout = layout(&lines);
        let mut seen = Vec::new();
        layout.for_each(|text, line, position| {
            seen.push((String::from_utf8(text.to_vec()).unwrap(), line, position));
        });
        let positions = [Some(0), Some(1), None, Some(2), Some(3)];
        let expected: Vec<_> =
            lines.iter().zip(positions).map(|((t, l), p)| ((*t).to_owned(), *l, p)).collect();
        assert_eq!(seen, expected);

        let (mut cursor, mut previous) = (layout.cursor(), String::new());
        for (text, line) in &lines {
            let known =
                layout.recognise(cursor, previous.as_bytes(), format!("{text} 1").as_bytes()).unwrap();
            assert_eq!((known.text_bytes, known.line), (text.len(), *line));
            (cursor, previous) = (known.next, (*text).to_owned());
        }
        assert!(layout.recognise(cursor, previous.as_bytes(), b"more").is_none());
        assert!(layout.recognise(layout.cursor(), b"", b"wai").is_none());
    }
}
