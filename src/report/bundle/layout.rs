//! The layout of the report file: the fields of the report on lines of their own, and each entry of its lists on one
//! line, so that it can be read, searched and compared line by line.

use std::io::{Result, Write};

use serde_json::ser::Formatter;

/// Breaks lines down to this depth: the report and its lists.
const DEPTH: usize = 2;

/// Indented down to the entries of the report's lists, compact inside them.
#[derive(Debug, Default)]
pub(super) struct Layout {
    depth: usize,
    has_value: bool,
    /// Whether each open value is a list; only lists break lines below the first level.
    lists: Vec<bool>,
}

impl Layout {
    fn breaks(&self) -> bool {
        self.depth == 1 || (self.depth == DEPTH && self.lists.last() == Some(&true))
    }

    fn newline<W: Write + ?Sized>(&self, writer: &mut W) -> Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }

    fn open<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        bracket: &[u8],
        list: bool,
    ) -> Result<()> {
        self.depth += 1;
        self.lists.push(list);
        self.has_value = false;
        writer.write_all(bracket)
    }

    fn close<W: Write + ?Sized>(&mut self, writer: &mut W, bracket: &[u8]) -> Result<()> {
        let breaks = self.breaks() && self.has_value;
        self.depth = self.depth.saturating_sub(1);
        self.lists.pop();
        if breaks {
            self.newline(writer)?;
        }
        self.has_value = true;
        writer.write_all(bracket)
    }

    fn begin<W: Write + ?Sized>(&self, writer: &mut W, first: bool) -> Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        if self.breaks() { self.newline(writer) } else { Ok(()) }
    }
}

impl Formatter for Layout {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.open(writer, b"[", true)
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.begin(writer, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.open(writer, b"{", false)
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.begin(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        writer.write_all(if self.depth == 1 { b": " } else { b":" })
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.has_value = true;
        Ok(())
    }
}
