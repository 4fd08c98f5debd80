use std::fmt::Write;

/// One segment of a path, or one value of a query, percent-encoded: a branch, a label, a file name. A path has to
/// be split at its slashes first.
#[must_use]
pub fn encode(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_segment_is_taken_for_the_address() {
        assert_eq!(encode("performance: regression"), "performance%3A%20regression");
        assert_eq!(encode("a/../b?c#d&e=%f\n"), "a%2F..%2Fb%3Fc%23d%26e%3D%25f%0A");
        assert_eq!(encode("größe"), "gr%C3%B6%C3%9Fe");
    }
}
