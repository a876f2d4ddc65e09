//! Files of a JSON header and a text, with a digest that tells whether they are as they were written.
//!
//! The first line is the SHA-256 of all that follows it in hexadecimal digits, the second the header, the rest the text.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::stored_file;

/// Bytes of the lines before the text: their longest part is a text of 500 characters.
const HEADER_BYTES_MAX: u64 = 8 << 10;

/// What tells two texts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of(text: &[u8]) -> Self {
        Self::of_parts(&[text])
    }

    fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.update(part));
        Self(hash.finalize().into())
    }

    /// In hexadecimal digits.
    pub(crate) fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Replaces a file, and makes its folder when there is none; the result is its size in bytes.
pub(crate) fn write(path: &Path, header: &impl Serialize, text: &str) -> io::Result<u64> {
    let header = serde_json::to_string(header)?;
    let content = [header.as_bytes(), b"\n", text.as_bytes()];
    let digest = Digest::of_parts(&content).to_hex();
    let [header, line_break, text] = content;
    let parts = [digest.as_bytes(), line_break, header, line_break, text];
    stored_file::replace_by_parts(path, &parts)?;
    Ok(parts.iter().map(|part| part.len() as u64).sum())
}

/// Reads a file of at most so many bytes.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, bytes_max: u64) -> io::Result<(T, String)> {
    let mut sealed = String::new();
    File::open(path)?.take(bytes_max).read_to_string(&mut sealed)?;
    let (digest, content) = sealed.split_once('\n').ok_or_else(not_as_written)?;
    if digest != Digest::of(content.as_bytes()).to_hex() {
        return Err(not_as_written());
    }
    let (line, text) = content.split_once('\n').ok_or_else(not_as_written)?;
    let header = serde_json::from_str(line)?;
    // The text may be large: what stands before it is taken away in place.
    let before = sealed.len() - text.len();
    sealed.drain(..before);
    Ok((header, sealed))
}

/// Reads what stands before the text of a file, which is not looked at.
pub(crate) fn read_header<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let mut line = Vec::new();
    let mut lines = BufReader::new(File::open(path)?.take(HEADER_BYTES_MAX));
    lines.read_until(b'\n', &mut line)?;
    line.clear();
    lines.read_until(b'\n', &mut line)?;
    Ok(serde_json::from_slice(&line)?)
}

fn not_as_written() -> io::Error {
    invalid("the file is not as it was written")
}

/// An error about what a file says.
pub(crate) fn invalid(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}
