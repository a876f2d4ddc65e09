//! Frames of `prometheus.ChunkedReadResponse`, each with its length and checksum in front.

use std::sync::Arc;

use model::{FloatHistogram, LabelSet, SampleBlock};

use super::{
    chunk::{self, CHUNK_SAMPLES, Chunk},
    histogram_chunk,
    samples::put_labels,
};
use crate::put;

/// Writes the series of a request's answer, one after the other, as frames.
///
/// A frame holds chunks of one series. It ends with the chunk that fills it, so it is at most that chunk larger
/// than its limit.
#[derive(Debug)]
pub struct FrameWriter {
    frame_bytes_max: usize,
    query: u64,
    labels: Vec<u8>,
    chunks: Vec<u8>,
    /// Samples that do not fill a chunk yet.
    rest: SampleBlock,
}

impl FrameWriter {
    /// Frames of about so many bytes at most.
    pub fn new(frame_bytes_max: usize) -> Self {
        let (labels, chunks) = (Vec::new(), Vec::new());
        Self { frame_bytes_max, query: 0, labels, chunks, rest: SampleBlock::default() }
    }

    /// Bytes held, those of a frame on its way out included.
    pub fn bytes(&self) -> usize {
        let samples = self.rest.timestamps_ms.capacity() * (size_of::<i64>() + size_of::<f64>());
        self.labels.capacity() + 2 * self.chunks.capacity() + samples
    }

    /// What follows answers the next query.
    pub fn next_query(&mut self) {
        self.query += 1;
    }

    /// What follows belongs to this series.
    pub fn start_series(&mut self, labels: &LabelSet) {
        self.labels.clear();
        put_labels(&mut self.labels, labels);
    }

    /// Adds samples of the series, all later than those before, and appends the frames that they fill to `out`.
    pub fn push(&mut self, samples: &SampleBlock, out: &mut Vec<u8>) {
        let mut histograms = samples.histograms.iter().peekable();
        for (at, sample) in samples.iter().enumerate() {
            match histograms.next_if(|(position, _)| *position == at) {
                Some((_, histogram)) => self.rest.push_histogram(sample.timestamp_ms, Arc::clone(histogram)),
                None => self.rest.push(sample.timestamp_ms, sample.value),
            }
            if self.rest.len() >= CHUNK_SAMPLES {
                self.cut_chunks(out);
            }
        }
    }

    /// Ends the series; the last of its frames is appended to `out`.
    pub fn end_series(&mut self, out: &mut Vec<u8>) {
        self.cut_chunks(out);
        self.end_frame(out);
    }

    /// Compresses what is left into chunks, one for each run of floats or of histograms with the same buckets.
    fn cut_chunks(&mut self, out: &mut Vec<u8>) {
        let rest = std::mem::take(&mut self.rest);
        let (positions, histograms): (Vec<usize>, Vec<Arc<FloatHistogram>>) =
            rest.histograms.iter().cloned().unzip();
        let (mut at, mut seen) = (0, 0);
        while at < rest.len() {
            let next = positions.get(seen).copied().unwrap_or(rest.len());
            let end = if next > at {
                next
            } else {
                let together = histograms.get(seen..).unwrap_or_default();
                let adjacent = positions.iter().skip(seen).enumerate().take_while(|(i, p)| **p == at + i);
                let together = together.get(..adjacent.count()).unwrap_or_default();
                at + histogram_chunk::run_len(together)
            };
            let times = rest.timestamps_ms.get(at..end).unwrap_or_default();
            let chunk = if next > at {
                chunk::xor(times, rest.values.get(at..end).unwrap_or_default())
            } else {
                let run = histograms.get(seen..seen + end - at).unwrap_or_default();
                seen += run.len();
                histogram_chunk::float_histograms(times, run)
            };
            self.push_chunk(&chunk, out);
            at = end;
        }
        self.rest = rest;
        self.rest.clear();
    }

    fn push_chunk(&mut self, chunk: &Chunk, out: &mut Vec<u8>) {
        put::message(&mut self.chunks, 2, |out| {
            put::integer(out, 1, chunk.min_time_ms as u64);
            put::integer(out, 2, chunk.max_time_ms as u64);
            put::integer(out, 3, chunk.encoding as u64);
            put::bytes(out, 4, &chunk.data);
        });
        if self.labels.len() + self.chunks.len() >= self.frame_bytes_max {
            self.end_frame(out);
        }
    }

    fn end_frame(&mut self, out: &mut Vec<u8>) {
        if self.chunks.is_empty() {
            return;
        }
        let mut message = Vec::with_capacity(self.labels.len() + self.chunks.len() + 16);
        put::message(&mut message, 1, |out| {
            out.extend_from_slice(&self.labels);
            out.extend_from_slice(&self.chunks);
        });
        put::integer(&mut message, 2, self.query);
        put::varint(out, message.len() as u64);
        out.extend_from_slice(&crc32c::crc32c(&message).to_be_bytes());
        out.append(&mut message);
        self.chunks.clear();
    }
}
