//! Credentials of every kind that RabbitMQ takes without TLS, and what it is told of the client.

use std::time::Duration;

use leveret::amqp_methods::{FieldTable, queue};
use leveret::{
    ConnectStage, Connection, ConnectionParameters, Credentials, ErrorKind, Exchange, Heartbeat,
    Mechanism, MechanismError, Token,
};
use tokio::net::TcpSocket;
use tokio::sync::mpsc;

use crate::broker::{broker, ctl, ctl_beside, unique};

/// RabbitMQ's demonstration of a challenge: in every server, and offered by those that `scripts/rabbitmq` starts.
struct Demo {
    password: &'static str,
}

impl Mechanism for Demo {
    fn name(&self) -> &str {
        "RABBIT-CR-DEMO"
    }

    fn begin(&self) -> Box<dyn Exchange> {
        Box::new(DemoExchange(format!("My password is {}", self.password)))
    }
}

struct DemoExchange(String);

impl Exchange for DemoExchange {
    fn start(&mut self) -> Result<Vec<u8>, MechanismError> {
        Ok(b"guest".to_vec())
    }

    fn challenge(&mut self, challenge: &[u8]) -> Result<Vec<u8>, MechanismError> {
        match challenge {
            b"Please tell me your password" => Ok(self.0.clone().into_bytes()),
            _ => Err("this is no challenge of RABBIT-CR-DEMO".into()),
        }
    }
}

async fn works(parameters: ConnectionParameters) {
    let connection = Connection::connect(parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let declare = queue::Declare::new("").exclusive(true);
    channel.call(declare).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn amqplain_logs_in() {
    let Some(parameters) = broker() else { return };
    works(parameters.credentials(Credentials::amqplain("guest", "guest"))).await;
}

#[tokio::test]
async fn a_challenge_is_answered() {
    let Some(parameters) = broker() else { return };
    let demo = |password| Credentials::mechanism(Demo { password });
    let connected = Connection::connect(parameters.clone().credentials(demo("guest"))).await;
    match connected {
        Ok(connection) => connection.close().await.unwrap(),
        // A broker of somebody else's, without it.
        Err(error) if ctl(&["version"]).is_none() => {
            let text = error.to_string();
            assert!(text.contains("offers the mechanisms"), "{text}");
            return;
        }
        Err(error) => panic!("{error}"),
    }
    works(parameters.clone().credentials(demo("guest"))).await;
    let error = Connection::connect(parameters.credentials(demo("wr0ng")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(error.reply_code().unwrap().get(), 403);
    assert!(error.to_string().contains("RABBIT-CR-DEMO"), "{error}");
}

#[tokio::test]
async fn wrong_passwords_are_refused_once_by_every_mechanism() {
    let Some(parameters) = broker() else { return };
    for credentials in [
        Credentials::plain("guest", "wr0ng"),
        Credentials::amqplain("guest", "wr0ng"),
        Credentials::plain("nobody", ""),
    ] {
        // A second attempt would come after an hour.
        let parameters = parameters
            .clone()
            .credentials(credentials)
            .connection_attempts(2)
            .retry_delay(Duration::from_secs(3600));
        let error = Connection::connect(parameters).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
        assert_eq!(error.reply_code().unwrap().get(), 403);
        assert_eq!(error.stage(), Some(ConnectStage::Authentication));
    }
}

/// Each set is for a user and a virtual host of its own; which one came in, the server says.
#[tokio::test]
async fn the_first_of_several_logins_that_will_do_is_taken() {
    let Some(parameters) = broker() else { return };
    let set = |user, password, virtual_host: &str| {
        parameters
            .clone()
            .credentials(Credentials::plain(user, password))
            .virtual_host(virtual_host)
            .connection_attempts(2)
            .retry_delay(Duration::from_secs(3600))
    };
    let wrong = set("guest", "wr0ng", "/");
    let nowhere = set("guest", "guest", "no such virtual host");
    let good = set("guest", "guest", "/");

    // All are refused: an end at once, without the delay.
    let error = Connection::connect_any([wrong.clone(), nowhere.clone()])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    let codes: Vec<_> = error
        .attempts()
        .iter()
        .map(|attempt| attempt.reply_code().unwrap().get())
        .collect();
    assert_eq!(codes, [403, 530]);
    let stages: Vec<_> = error
        .attempts()
        .iter()
        .filter_map(leveret::Error::stage)
        .collect();
    assert_eq!(stages, [ConnectStage::Authentication, ConnectStage::Open]);

    let sets = [wrong.clone(), nowhere.clone(), good];
    let connection = Connection::connect_any(sets).await.unwrap();
    assert!(!connection.address().is_empty());
    connection.open_channel().await.unwrap();
    connection.close().await.unwrap();

    // Another user, who may enter another virtual host and not this one.
    let name = unique("standby");
    if ctl(&["add_user", &name, "s3cr3t"]).is_none() {
        return;
    }
    ctl(&["add_vhost", &name]);
    ctl(&["set_permissions", "-p", &name, &name, ".*", ".*", ".*"]);
    let sets = [
        wrong,
        set(&name, "s3cr3t", "/"),
        set(&name, "s3cr3t", &name).connection_name(&*name),
    ];
    let connection = Connection::connect_any(sets).await;
    let listed = ctl(&["-q", "list_connections", "user", "vhost"]);
    if let Ok(connection) = &connection {
        connection.close().await.unwrap();
    }
    ctl(&["delete_vhost", &name]);
    ctl(&["delete_user", &name]);
    connection.unwrap();
    let listed = listed.unwrap();
    let line = format!("{name}\t{name}");
    assert!(listed.lines().any(|other| other == line), "{listed}");
}

#[tokio::test]
async fn what_is_not_offered_is_passed_over_and_never_replaced() {
    let Some(parameters) = broker() else { return };
    let external = parameters.clone().credentials(Credentials::external());
    let error = Connection::connect(external).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    let text = error.to_string();
    assert!(
        text.contains("PLAIN") && text.contains("not EXTERNAL"),
        "{text}"
    );
    works(parameters.credentials(Credentials::external().or(Credentials::default()))).await;
}

/// RabbitMQ: takes a new secret at any time; the internal users have none that expires.
#[tokio::test]
async fn tokens_are_renewed_before_they_expire() {
    let Some(parameters) = broker() else { return };
    let (sender, mut fetched) = mpsc::unbounded_channel();
    let parameters = parameters.token_provider(move || {
        let sent = sender.send(());
        async move {
            sent?;
            Ok::<_, MechanismError>(Token::new("guest").expires_in(Duration::from_millis(100)))
        }
    });
    let connection = Connection::connect(parameters).await.unwrap();
    // Each is fetched when the one before it was taken.
    for _ in 0..4 {
        fetched.recv().await.unwrap();
    }
    connection.open_channel().await.unwrap();
    connection.close().await.unwrap();
    while fetched.recv().await.is_some() {}
}

#[tokio::test]
async fn an_empty_virtual_host_is_refused_with_a_hint() {
    let Some(parameters) = broker() else { return };
    let (host, port) = parameters.endpoints().next().unwrap();
    let url = format!("amqp://guest:guest@{host}:{port}/");
    let error = Connection::connect(url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert_eq!(error.reply_code().unwrap().get(), 530);
    assert!(error.to_string().contains("ends in a slash"), "{error}");
    works(
        format!("amqp://guest:guest@{host}:{port}")
            .as_str()
            .try_into()
            .unwrap(),
    )
    .await;
}

#[tokio::test]
async fn the_first_host_that_answers_is_used() {
    let Some(parameters) = broker() else { return };
    // Bound, and not listening: it refuses, and nobody else can have the port meanwhile.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = nobody.local_addr().unwrap().port();
    let (host, port) = parameters.endpoints().next().unwrap();
    let url =
        format!("amqp://guest:guest@127.0.0.1:{closed},{host}:{port}/%2F?backpressure_detection=t");
    let connection = Connection::connect(url).await.unwrap();
    assert!(!connection.write_pressure().is_high());
    connection.close().await.unwrap();

    let url =
        format!("amqp://127.0.0.1:{closed},127.0.0.1:{closed}?connection_attempts=2&retry_delay=0");
    let error = Connection::connect(url).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Io, 4));
}

#[tokio::test]
async fn the_server_knows_what_the_client_says_of_itself() {
    let Some(parameters) = broker() else { return };
    let name = unique("named");
    let properties = FieldTable::builder().entry("x-team", "hares").build();
    let parameters = parameters
        .connection_name(&*name)
        .client_properties(properties.unwrap())
        .heartbeat(Heartbeat::decide(|proposal| proposal / 4));
    let connection = Connection::connect(parameters).await.unwrap();
    assert_eq!(connection.tuning().heartbeat, 15);
    let columns = ["list_connections", "timeout", "client_properties"];
    if let Some(listed) = ctl_beside(&columns).await {
        let line = listed.lines().find(|line| line.contains(&*name)).unwrap();
        assert!(line.starts_with("15"), "{line}");
        for said in ["x-team", "hares", "leveret", "exchange_exchange_bindings"] {
            assert!(line.contains(said), "{line}");
        }
    }
    connection.close().await.unwrap();
}
