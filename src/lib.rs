//! benchgate: a performance regression gate for pull requests.
//!
//! Data walks one way:
//!
//! ```text
//! files ─▶ ingest ─▶ model::Run ─▶ gate ( stats ─▶ policy ) ─▶ model::Report ─▶ report ─▶ text, Markdown, HTML, JSON, JUnit
//!              ▲                                                    │ (a file)
//! measure ─────┘                                                    └─▶ github: comment, summary, annotations, status
//! ```

pub mod calibrate;
pub mod cli;
pub mod config;
pub mod diag;
pub mod gate;
pub mod github;
pub mod ingest;
pub mod measure;
pub mod model;
pub mod policy;
pub mod report;
pub mod stats;
