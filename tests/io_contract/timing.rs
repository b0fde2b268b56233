//! Heartbeats both ways, and limits to waiting.

use std::time::Duration;

use amqp_test_broker::Stage;
use leveret::ErrorKind;
use leveret::amqp_methods::{FrameKind, ReplyCode, connection};

use super::driver::Driver;
use super::server::{Terms, meet, opens};

/// Of the driver while nothing happens but heartbeats: each of these may cost a few. A loop that does not wait goes round
/// thousands of times; one that looks every few milliseconds, hundreds of times.
const TURNS: u64 = 150;

pub(crate) fn an_idle_connection_lives_on_heartbeats_and_does_nothing_else<D: Driver>() {
    meet(
        Terms::beating(),
        async |mut server| {
            opens(&mut server).await;
            // One comes every half interval; after two intervals without any, either side gives up.
            for _ in 0..6 {
                server.expect_heartbeat().await;
                server.send_heartbeat().await;
            }
            let close = connection::Close::new(320, "CONNECTION_FORCED", 0, 0);
            server.send(0, close).await;
            while let Some(frame) = server.next_frame().await {
                let is_answer = frame.kind == FrameKind::Method;
                assert!(is_answer || frame.kind == FrameKind::Heartbeat);
            }
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            let before = driver.turns();
            let error = driver.closed();
            assert_eq!(error.reply_code().map(ReplyCode::get), Some(320), "{error}");
            let turns = driver.turns() - before;
            assert!(turns < TURNS, "{turns} turns for a dozen heartbeats");
        },
    );
}

pub(crate) fn a_silent_server_is_given_up<D: Driver>() {
    meet(
        Terms::beating(),
        async |mut server| {
            opens(&mut server).await;
            let mut heartbeats = 0;
            while let Some(frame) = server.next_frame().await {
                heartbeats += usize::from(frame.kind == FrameKind::Heartbeat);
            }
            assert!(heartbeats > 0, "the client was silent itself");
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            let error = driver.closed();
            assert_eq!(error.kind(), ErrorKind::HeartbeatMissed, "{error}");
            assert_eq!(driver.declare("q").unwrap_err().kind(), error.kind());
        },
    );
}

pub(crate) fn a_handshake_that_stops_is_given_up<D: Driver>() {
    for stage in [Stage::Connected, Stage::StartOk, Stage::Open] {
        meet(
            Terms::default(),
            async |mut server| {
                server.handshake_until(stage).await;
                // The client hangs up.
                while server.next_frame().await.is_some() {}
            },
            |address, parameters| {
                // Long enough to come to that stage on a machine that has other things to do.
                let parameters = parameters.handshake_timeout(Duration::from_millis(500));
                let error = D::connect(address, parameters).err().unwrap();
                assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
            },
        );
    }
}
