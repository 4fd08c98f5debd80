use std::fmt;

use http::HeaderValue;

use crate::diag::{Code, Diagnostic};

/// What GitHub knows the job by. It is shown nowhere: neither by `Debug` nor in a message.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes a token as it stands in the environment; white space around it is dropped.
    ///
    /// # Errors
    /// When it is empty or holds characters that no token has.
    pub fn new(text: &str) -> Result<Self, Diagnostic> {
        let text = text.trim();
        let refused = |message: &str| Err(Diagnostic::error(Code::BadToken, message));
        if text.is_empty() {
            return refused("the token is empty").map_err(|d| {
                d.help("pass one in the environment, as in `env: { GITHUB_TOKEN: ${{ github.token }} }`")
            });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refused("the token holds characters that no token has").map_err(|d| {
                d.help("look at the secret: a line break or a blank may have been copied with it")
            });
        }
        Ok(Self(text.to_owned()))
    }

    /// The value of the header `Authorization`, kept out of every debugging output.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Takes the token out of a text that a server sent.
    pub(super) fn remove_from(&self, text: &str) -> String {
        text.replace(&self.0, "[token]")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new(" ghs_secret\n").unwrap();
        assert_eq!(format!("{token:?}"), "[token]");
        assert_eq!(format!("{:?}", token.header()), "Some(Sensitive)");
        assert_eq!(token.remove_from("bad: Bearer ghs_secret"), "bad: Bearer [token]");
    }

    #[test]
    fn what_cannot_be_a_token_is_refused_without_showing_it() {
        for text in ["", "  ", "ghs_a\r\nX-Evil: 1", "ghs_ä", "two words"] {
            let refused = Token::new(text).unwrap_err();
            assert_eq!(refused.code, Code::BadToken);
            assert!(text.trim().is_empty() || !format!("{refused:?}").contains(text.trim()));
        }
    }
}
