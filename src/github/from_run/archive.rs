//! One member of a zip archive that anybody may have made.
//!
//! It is read in memory and by its exact name: nothing is unpacked to a path, and what else the archive holds is never
//! looked into.

use std::io::Read;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive, ZipSliceEntry};
use thiserror::Error;

use crate::diag::{Code, Diagnostic, quoted};
use crate::report::escape::{SENTENCE, cut};

/// A larger archive is not downloaded: 64 MiB.
pub const MOST_ARCHIVE: u64 = 64 << 20;
/// A larger member is not unpacked: 128 MiB, enough for 20,000 benchmarks of ten runs.
pub const MOST_MEMBER: u64 = 128 << 20;
/// Of more members an archive is not searched.
const MOST_MEMBERS: u64 = 10_000;

/// The bits of a mode that say what kind of file it is, and the kind that is one.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// Why an archive does not give the member.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// It is no zip archive, or a broken one.
    #[error("it is no zip archive that can be read: {}", cut(.0, SENTENCE))]
    Damaged(String),
    /// It holds too many members to search.
    #[error("it holds {0} members, more than the {MOST_MEMBERS} that are searched")]
    TooMany(u64),
    /// The member is not in it.
    #[error("it holds no {}", quoted(.0))]
    Missing(String),
    /// Several members have the name, so that two readers could read two reports.
    #[error("it holds {} more than once", quoted(.0))]
    Repeated(String),
    /// The member is a link, a directory or a device.
    #[error("its {} is no regular file", quoted(.0))]
    NotAFile(String),
    /// The member is encrypted.
    #[error("its {} is encrypted", quoted(.0))]
    Encrypted(String),
    /// The member is compressed in a way that is not read.
    #[error("its {} is compressed with method {method}, which is not read", quoted(.name))]
    Method {
        /// The member.
        name: String,
        /// The number of the method.
        method: u16,
    },
    /// The member is larger than it may be, by what the archive says or by what comes out of it.
    #[error("its {} has more than {most} bytes", quoted(.name))]
    TooLarge {
        /// The member.
        name: String,
        /// How many bytes it may have.
        most: u64,
    },
}

impl ArchiveError {
    /// The same as a diagnostic, with how to fix it; `artifact` is the name the archive was asked for by.
    #[must_use]
    pub fn to_diagnostic(&self, artifact: &str) -> Diagnostic {
        let message = format!("the artifact {} is not usable: {self}", quoted(artifact));
        let help = match self {
            Self::Missing(name) => format!(
                "upload the report itself, named {}, at the top of the artifact",
                quoted(name)
            ),
            Self::TooLarge { .. } => "compare fewer benchmarks or runs at a time".to_owned(),
            Self::TooMany(_) => "upload the report alone".to_owned(),
            _ => "upload the report as `benchgate compare --out json=FILE` writes it, with `actions/upload-artifact`"
                .to_owned(),
        };
        Diagnostic::error(Code::BadArtifact, message).help(help)
    }
}

/// Reads the member of an archive that has exactly this name, of at most `most` bytes.
///
/// # Errors
/// When the archive is broken, or does not hold the member exactly once as a plain file of that size, stored or
/// deflated, not encrypted.
pub fn member(archive: &[u8], name: &str, most: u64) -> Result<Vec<u8>, ArchiveError> {
    let damaged = |error: rawzip::Error| ArchiveError::Damaged(error.to_string());
    let zip = ZipArchive::from_slice(archive).map_err(damaged)?;
    let entry = find(&zip, name)?;
    let kind = entry.mode().value() & KIND;
    if kind != 0 && kind != REGULAR {
        return Err(ArchiveError::NotAFile(name.to_owned()));
    }
    let stored = zip.get_entry(entry.wayfinder()).map_err(damaged)?;
    agree(&entry, &stored, name)?;
    let too_large = || ArchiveError::TooLarge { name: name.to_owned(), most };
    if entry.uncompressed_size_hint() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let reader: Box<dyn Read> = match entry.compression_method() {
        CompressionMethod::STORE => Box::new(stored.verifying_reader(stored.data())),
        CompressionMethod::DEFLATE => {
            Box::new(stored.verifying_reader(DeflateDecoder::new(stored.data())))
        }
        other => {
            return Err(ArchiveError::Method { name: name.to_owned(), method: other.as_u16() });
        }
    };
    // One byte more than allowed tells a member that is larger than its header says.
    reader
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| ArchiveError::Damaged(error.to_string()))?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

/// The only entry of this name. All of the directory is read, so that a second one is seen.
fn find<'z>(
    zip: &'z ZipSliceArchive<&[u8]>,
    name: &str,
) -> Result<ZipFileHeaderRecord<'z>, ArchiveError> {
    let damaged = |error: rawzip::Error| ArchiveError::Damaged(error.to_string());
    if zip.entries_hint() > MOST_MEMBERS {
        return Err(ArchiveError::TooMany(zip.entries_hint()));
    }
    let mut seen: u64 = 0;
    let mut found = None;
    let mut entries = zip.entries();
    while let Some(entry) = entries.next_entry().map_err(damaged)? {
        seen += 1;
        if seen > zip.entries_hint() {
            break;
        }
        if entry.file_path().as_bytes() == name.as_bytes() && found.replace(entry).is_some() {
            return Err(ArchiveError::Repeated(name.to_owned()));
        }
    }
    if seen != zip.entries_hint() {
        return Err(ArchiveError::Damaged("its directory has another number of members".into()));
    }
    found.ok_or_else(|| ArchiveError::Missing(name.to_owned()))
}

/// That the member's own header says what the directory says: where the two differ, two readers read two things.
fn agree(
    entry: &ZipFileHeaderRecord<'_>,
    stored: &ZipSliceEntry<'_>,
    name: &str,
) -> Result<(), ArchiveError> {
    let header = stored.local_header();
    let encrypted = |flags: rawzip::EntryFlags| {
        flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked()
    };
    if encrypted(entry.flags()) || encrypted(header.flags()) {
        return Err(ArchiveError::Encrypted(name.to_owned()));
    }
    let same = header.file_path().as_bytes() == name.as_bytes()
        && header.compression_method() == entry.compression_method();
    if same {
        Ok(())
    } else {
        Err(ArchiveError::Damaged("the member's header is not what its directory says".into()))
    }
}

#[cfg(test)]
mod tests;
