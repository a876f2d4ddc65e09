//! Protobuf bodies as text, in the memory of the budget.

use expfmt::{Attachment, Format, HistogramRules, Sink, protobuf_to_text};
use model::{Budget, Part, Reservation};

use crate::{
    buffer::{Buffer, BufferPool},
    error::ScrapeError,
    ingest::Body,
};

/// A protobuf body as text, and what text has no words for.
pub(crate) struct Unpacked {
    text: Buffer,
    attachments: Vec<Attachment>,
    account: Reservation,
}

impl Unpacked {
    /// Unpacks a body.
    ///
    /// # Errors
    /// [`ScrapeError::Protobuf`] when it is none, or there is no room for it.
    pub(crate) fn new(
        body: &[u8],
        rules: &HistogramRules,
        pool: &BufferPool,
        budget: &std::sync::Arc<Budget>,
    ) -> Result<Self, ScrapeError> {
        let account = budget.open(Part::Scrape);
        let mut unpacked = Self { text: pool.take(body.len()), attachments: Vec::new(), account };
        protobuf_to_text(body, rules, &mut unpacked)?;
        Ok(unpacked)
    }

    pub(crate) fn body(&self) -> Body<'_> {
        let (bytes, attachments) = (self.text.bytes(), &*self.attachments);
        Body { bytes, format: Format::OpenMetricsText100, attachments }
    }
}

impl Sink for Unpacked {
    fn text(&mut self, lines: &str) -> bool {
        self.text.push(lines.as_bytes())
    }

    fn attach(&mut self, attachment: Attachment) -> bool {
        let histogram_bytes = attachment.histogram.as_ref().map_or(0, |histogram| histogram.size_bytes());
        // Twice its size, as the list grows by doubling.
        let taken = self.account.grow(2 * size_of::<Attachment>() + histogram_bytes);
        if taken {
            self.attachments.push(attachment);
        }
        taken
    }
}
