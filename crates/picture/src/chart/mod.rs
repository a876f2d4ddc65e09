//! What charts are made of: scales, their marks and their texts, and the frame around the plot.

mod axis;
mod bottom;
mod legend;
mod mark;
mod scale;

pub(crate) use axis::{AXIS_TEXT, Axis, Plot, TIME_AXIS_HEIGHT, axis_width, draw_time_axis};
pub(crate) use bottom::{draw_names, draw_values};
pub(crate) use legend::{Entry, Legend};
pub(crate) use mark::{texts, time_marks, value_marks};
pub(crate) use scale::{Reach, Scale};
