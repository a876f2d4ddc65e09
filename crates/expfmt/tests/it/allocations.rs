#![allow(unsafe_code)] // An allocator cannot be had without.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use expfmt::{Format, Parser, visit_labels};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has no counter any more, and none of its allocations matter.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: as for the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as for the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn lines_are_read_without_allocating() {
    let text =
        "# HELP a Help, \"quoted\".\n# TYPE a gauge\na{b=\"c\",d=\"e\"} 1.5 10\na 0.12345678901234567890\n";
    let open_metrics = "# TYPE a counter\na_total{b=\"c\"} 1 # {d=\"e\"} 2 3.5\n# EOF\n";
    for (body, format) in [(text, Format::PrometheusText004), (open_metrics, Format::OpenMetricsText100)] {
        let before = ALLOCATIONS.get();
        let mut parser = Parser::new(body.as_bytes(), format);
        let mut labels = 0;
        while let Ok(Some(entry)) = parser.next() {
            if let expfmt::Entry::Sample(sample) = entry {
                visit_labels(sample.series, |_, _| labels += 1).expect("the parser accepted them");
            }
        }
        assert_eq!(ALLOCATIONS.get(), before, "{format:?}");
        assert!(labels >= 2);
    }
}
