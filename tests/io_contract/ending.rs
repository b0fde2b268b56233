//! Ends of every kind, in every stage: whoever waits hears of it.

use amqp_test_broker::Stage;
use leveret::amqp_methods::{ReplyCode, basic, channel, confirm, connection, queue};
use leveret::{Error, ErrorKind};

use super::driver::Driver;
use super::server::{Server, Terms, consumes, deliver, meet, opens};

/// How a server goes.
#[derive(Clone, Copy, Debug)]
enum Exit {
    /// It says nothing more, and still listens.
    Half,
    /// It is gone.
    Full,
    /// The connection is reset.
    Reset,
}

const EXITS: [Exit; 3] = [Exit::Half, Exit::Full, Exit::Reset];

impl Exit {
    async fn of(self, mut server: Server) {
        match self {
            Self::Half => {
                server.shutdown().await;
                // Until the client has understood.
                while server.next_frame().await.is_some() {}
            }
            Self::Full => drop(server),
            Self::Reset => server.into_parts().0.reset(),
        }
    }
}

pub(crate) fn an_end_in_any_stage_of_opening_is_an_error<D: Driver>() {
    let stages = [
        Stage::Connected,
        Stage::Header,
        Stage::Start,
        Stage::StartOk,
        Stage::Tune,
        Stage::TuneOk,
        Stage::Open,
    ];
    for (stage, exit) in stages
        .into_iter()
        .flat_map(|stage| EXITS.map(|exit| (stage, exit)))
    {
        meet(
            Terms::default(),
            async |mut server| {
                server.handshake_until(stage).await;
                exit.of(server).await;
            },
            |address, parameters| {
                let Err(error) = D::connect(address, parameters) else {
                    panic!("{exit:?} at {stage:?} is an open connection");
                };
                let kinds = [ErrorKind::ConnectionLost, ErrorKind::AuthenticationRefused];
                assert!(
                    kinds.contains(&error.kind()),
                    "{exit:?} at {stage:?}: {error}"
                );
            },
        );
    }
}

/// What the client is at when the server goes.
#[derive(Clone, Copy, Debug)]
enum At {
    Open,
    Call,
    Confirm,
    Consume,
    Rest,
    Close,
}

impl At {
    /// The server's part, up to where it goes.
    async fn begin(self, server: &mut Server) {
        match self {
            Self::Open => {
                server.handshake().await;
                server.expect_method(1, &channel::Open).await;
            }
            Self::Call => {
                opens(server).await;
                server.expect::<queue::Declare<'_>>(1).await;
            }
            Self::Confirm => {
                opens(server).await;
                server.expect::<confirm::Select>(1).await;
                server.send(1, confirm::SelectOk).await;
                server.expect_content(1).await;
            }
            Self::Consume => consumes(server).await,
            Self::Rest => opens(server).await,
            Self::Close => {
                opens(server).await;
                server.expect::<connection::Close<'_>>(0).await;
            }
        }
    }

    /// The client's part; gives what it fails with.
    fn fail<D: Driver>(self, driver: &mut D) -> Error {
        if let Self::Open = self {
            return driver.open_channel().unwrap_err();
        }
        driver.open_channel().unwrap();
        match self {
            Self::Call => driver.declare("q").unwrap_err(),
            Self::Confirm => {
                driver.confirm_select().unwrap();
                driver.publish(b"in doubt".to_vec()).unwrap();
                driver.wait_for_confirms().unwrap_err()
            }
            Self::Consume => {
                driver.consume().unwrap();
                driver.next_and_ack().unwrap_err()
            }
            Self::Close => {
                // Whether that was an end in order is a matter of taste; that it ends is not.
                let _ = driver.close();
                driver.closed()
            }
            Self::Open | Self::Rest => driver.closed(),
        }
    }
}

pub(crate) fn an_end_in_any_stage_of_work_is_an_error<D: Driver>() {
    let stages = [
        At::Open,
        At::Call,
        At::Confirm,
        At::Consume,
        At::Rest,
        At::Close,
    ];
    for (at, exit) in stages
        .into_iter()
        .flat_map(|at| EXITS.map(|exit| (at, exit)))
    {
        meet(
            Terms::default(),
            async |mut server| {
                at.begin(&mut server).await;
                exit.of(server).await;
            },
            |address, parameters| {
                let mut driver = D::connect(address, parameters).unwrap();
                let error = at.fail(&mut driver);
                let expected = match at {
                    At::Close => [ErrorKind::ConnectionLost, ErrorKind::ConnectionClosed],
                    _ => [ErrorKind::ConnectionLost; 2],
                };
                assert!(
                    expected.contains(&error.kind()),
                    "{exit:?} at {at:?}: {error}"
                );
                // And it says so to whoever asks again.
                assert_eq!(driver.closed().kind(), error.kind(), "{exit:?} at {at:?}");
            },
        );
    }
}

pub(crate) fn an_end_in_the_midst_of_a_frame_is_an_error<D: Driver>() {
    for exit in [Exit::Half, Exit::Full] {
        meet(
            Terms::default(),
            async |mut server| {
                consumes(&mut server).await;
                server.flush().await;
                let (mut link, mut peer) = server.into_parts();
                deliver(&mut peer, 1, b"this much is never said");
                let octets = peer.transmit();
                link.only_write(&octets[..octets.len() - 10]).await;
                exit.of(Server::with_peer(link, peer).patience(None)).await;
            },
            |address, parameters| {
                let mut driver = D::connect(address, parameters).unwrap();
                driver.open_channel().unwrap();
                driver.consume().unwrap();
                let error = driver.next_and_ack().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
            },
        );
    }
}

pub(crate) fn the_reason_of_the_server_arrives_and_is_answered<D: Driver>() {
    meet(
        Terms::default(),
        async |mut server| {
            consumes(&mut server).await;
            let close = connection::Close::new(320, "CONNECTION_FORCED", 0, 0);
            server.send(0, close).await;
            server.expect::<connection::CloseOk>(0).await;
            server.shutdown().await;
            server.expect_end().await;
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            driver.consume().unwrap();
            for error in [driver.next_and_ack().unwrap_err(), driver.closed()] {
                assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
                assert_eq!(error.reply_code().map(ReplyCode::get), Some(320));
            }
        },
    );
}

pub(crate) fn what_came_before_the_end_is_not_lost<D: Driver>() {
    meet(
        Terms::default(),
        async |mut server| {
            opens(&mut server).await;
            server.expect::<basic::Consume<'_>>(1).await;
            let peer = server.peer_mut();
            peer.on(1).sends(basic::ConsumeOk::new("tag"));
            for number in 1..=3 {
                deliver(peer, number, number.to_string().as_bytes());
            }
            Exit::Half.of(server).await;
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            driver.consume().unwrap();
            for number in 1..=3 {
                let body = driver.next_and_ack().unwrap();
                assert_eq!(body, number.to_string().as_bytes());
            }
            let error = driver.next_and_ack().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
        },
    );
}

pub(crate) fn octets_that_are_no_protocol_end_it<D: Driver>() {
    meet(
        Terms::default(),
        async |mut server| {
            server.expect_protocol_header().await;
            server.send_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            while server.next_frame().await.is_some() {}
        },
        |address, parameters| {
            let error = D::connect(address, parameters).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::ProtocolVersion, "{error}");
        },
    );
    meet(
        Terms::default(),
        async |mut server| {
            opens(&mut server).await;
            // A heartbeat that ends with the wrong octet.
            server.send_raw(&[8, 0, 0, 0, 0, 0, 0, 0xcd]).await;
            let close = server.expect::<connection::Close<'_>>(0).await;
            assert_eq!(close.reply_code, 501);
            server.send(0, connection::CloseOk).await;
            server.expect_end().await;
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            let error = driver.closed();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        },
    );
}
