//! `gnomon render`: a picture of a dashboard or of one of its panels, from the data of a running stack.

mod remote;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use model::{Budget, Clock, clock::SystemClock};
use picture::{Format, Request, Theme};

use crate::Failure;
use remote::Remote;

/// Bytes that a picture may take: this process does nothing else.
const BUDGET_BYTES: usize = 256 << 20;
/// Pixels of a panel unless they are given.
const WIDTH: u32 = 1000;
const HEIGHT: u32 = 500;

/// `gnomon render`.
#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// The dashboard: a JSON file, or the uid of one that the stack has.
    #[arg(long, value_name = "FILE|UID")]
    pub dashboard: String,
    /// The id of a panel [default: the whole dashboard].
    #[arg(long, value_name = "ID")]
    pub panel: Option<i64>,
    /// Start of the time range, as now-6h [default: the dashboard's].
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// End of the time range [default: the dashboard's].
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Value of a variable. May be repeated, for several values too.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    pub variables: Vec<(String, String)>,
    /// Pixels across.
    #[arg(long, value_name = "PIXELS", default_value_t = WIDTH)]
    pub width: u32,
    /// Pixels down [default: 500; of a whole dashboard as many as it needs].
    #[arg(long, value_name = "PIXELS")]
    pub height: Option<u32>,
    /// Pixels of the picture for each of them.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub scale: f32,
    /// Ground and colours.
    #[arg(long, value_name = "THEME", default_value = "dark")]
    pub theme: Ground,
    /// Zone of the times, as Europe/Berlin [default: the dashboard's, else the machine's].
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// How often targets are scraped: the shortest step.
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = crate::args::value::positive_duration)]
    pub scrape_interval: Duration,
    /// Where the Prometheus API answers, and with it dashboards.
    #[arg(long, env = "GNOMON_URL", value_name = "URL", default_value = "http://127.0.0.1:9090")]
    pub url: String,
    /// A service account's token, where one is asked for.
    #[arg(long, env = "GNOMON_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Where the picture goes: a file that ends with .png or .svg.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Whether a picture is dark or light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ground {
    /// Light marks on dark ground.
    Dark,
    /// Dark marks on white ground.
    Light,
    /// The same, so dark that black and white are enough.
    Paper,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Draws the picture and writes the file.
///
/// # Errors
/// When the dashboard cannot be read, the stack does not answer, or the file cannot be written.
pub(crate) fn run(args: RenderArgs) -> Result<(), Failure> {
    let format = format(&args.output)?;
    let budget = Budget::new(BUDGET_BYTES);
    let mut remote = Remote::new(&args.url, args.token.as_deref(), &budget)?;
    let dashboard = dashboard(&args.dashboard, &mut remote)?;
    let whole_height = if args.panel.is_some() { HEIGHT } else { 0 };
    let request = Request {
        panel: args.panel,
        from: args.from,
        to: args.to,
        variables: args.variables,
        zone: args.tz,
        width: args.width,
        height: args.height.unwrap_or(whole_height),
        scale: args.scale,
        theme: match args.theme {
            Ground::Dark => Theme::Dark,
            Ground::Light => Theme::Light,
            Ground::Paper => Theme::Paper,
        },
        format,
        now_ms: SystemClock::default().now_ms(),
        scrape_interval_ms: i64::try_from(args.scrape_interval.as_millis())?,
    };
    let picture = picture::draw(&dashboard, &request, &mut remote, &budget)?;
    let output = args.output.display();
    fs::write(&args.output, &picture).map_err(|error| format!("{output}: {error}"))?;
    // With standard output closed there is nobody to tell.
    let _ = writeln!(io::stdout(), "{output}: {} bytes", picture.len());
    Ok(())
}

fn format(output: &Path) -> Result<Format, Failure> {
    match output.extension().and_then(|extension| extension.to_str()) {
        Some("png") => Ok(Format::Png),
        Some("svg") => Ok(Format::Svg),
        _ => Err(format!("{}: end the file's name with .png or .svg", output.display()).into()),
    }
}

/// The dashboard's JSON: of a file where there is one, else as the stack has it.
fn dashboard(named: &str, remote: &mut Remote) -> Result<String, Failure> {
    match fs::read_to_string(named) {
        Ok(json) => Ok(json),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !named.contains(['/', '.']) => {
            Ok(remote.dashboard(named)?)
        }
        Err(error) => Err(format!("{named}: {error}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_what_is_written() {
        assert_eq!(format("a/b.svg".as_ref()).unwrap(), Format::Svg);
        assert_eq!(format("b.png".as_ref()).unwrap(), Format::Png);
        assert!(format("b.jpeg".as_ref()).unwrap_err().to_string().contains(".png or .svg"));
        assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert!(pair("a").is_err());
    }
}
