//! `gnomon sensor`: the sensor service in a process of its own.

use net::server::Server;

use crate::{
    Failure,
    args::{SensorArgs, SensorCommand},
    log,
    signal::Shutdown,
    supervisor::Supervisor,
};

/// Serves until a signal ends it.
///
/// # Errors
/// When the address cannot be had.
pub(crate) async fn run(args: SensorCommand) -> Result<(), Failure> {
    log::start(args.log.level, args.log.format);
    let server = Server::bind(&args.listen, "--listen")?;
    let shutdown = Shutdown::on_signals()?;
    tracing::info!(url = format!("{}/sensor", server.url()), "sensor service is ready");
    Supervisor::of_environment().ready(&shutdown);
    server.serve(sensor::service(settings(args.sensor)), shutdown.begun()).await;
    Ok(())
}

/// The service's settings as the command line has them.
pub(crate) fn settings(args: SensorArgs) -> sensor::Settings {
    for fault in &args.faults {
        tracing::warn!(%fault, "the sensor service will misbehave as asked");
    }
    sensor::Settings {
        simulate: args.simulate,
        seed: args.seed,
        faults: args.faults,
        ..sensor::Settings::default()
    }
}
