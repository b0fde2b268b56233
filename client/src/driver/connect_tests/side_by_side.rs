//! Addresses beside each other, and hosts by chance.

use super::*;

async fn connects(parameters: &ConnectionParameters) -> Vec<String> {
    let village = Village::new();
    let connection = connect(&village, parameters).await.unwrap();
    assert!(connection.close_error().is_none());
    village.tried()
}

#[tokio::test(start_paused = true)]
async fn a_family_that_does_not_answer_costs_a_quarter_of_a_second() {
    let tried = connects(&parameters("both", SILENT_BY_V6)).await;
    assert_eq!(
        tried,
        ["0 [::1]:10", "0.25 10.0.0.1:10", "0.25 gave up [::1]:10"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_waited_for() {
    let tried = connects(&parameters("both", REFUSES_BY_V6)).await;
    assert_eq!(tried, ["0 [::1]:11", "0 10.0.0.1:11"]);
}

#[tokio::test(start_paused = true)]
async fn the_first_has_its_time_before_another_is_begun() {
    let tried = connects(&parameters("both", SLOW_BY_V6)).await;
    assert_eq!(tried, ["0 [::1]:12"]);
    let hasty = parameters("both", SLOW_BY_V6).happy_eyeballs_delay(SECOND / 10);
    let tried = connects(&hasty).await;
    assert_eq!(
        tried,
        ["0 [::1]:12", "0.1 10.0.0.1:12", "0.1 gave up [::1]:12"]
    );
}

/// Otherwise the fastest socket could hide a good server behind a bad one.
#[tokio::test(start_paused = true)]
async fn those_that_were_given_up_are_tried_again_if_the_first_socket_comes_to_nothing() {
    let tried = connects(&parameters("both", LATE_BY_V6)).await;
    assert_eq!(
        tried,
        [
            "0 [::1]:13",
            "0.25 10.0.0.1:13",
            "0.25 gave up [::1]:13",
            // The one that was not begun comes before the one that was too slow.
            "0.25 [::]:13",
            "0.5 [::1]:13",
            "0.65 gave up [::1]:13",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn all_addresses_that_are_silent_share_the_time_of_one() {
    let begun = Instant::now();
    let (error, tried) = fails(&parameters("two", SILENT_SOCKET)).await;
    assert_eq!(tried, ["0 10.0.0.1:3", "0.25 10.0.0.2:3"]);
    assert_eq!(begun.elapsed(), 10 * SECOND + SECOND / 4);
    let took: Vec<_> = error.attempts().iter().map(Error::elapsed).collect();
    assert_eq!(took, [Some(10 * SECOND); 2]);
}

#[tokio::test(start_paused = true)]
async fn hosts_are_shuffled_anew_for_every_round() {
    let parameters = parameters("a", GOOD)
        .endpoint("b", None)
        .endpoint("c", None)
        .shuffle_endpoints(true)
        .connection_attempts(2)
        .retry_delay(SECOND);
    let village = Village::new();
    // For each round: whom the third changes places with, then the second.
    village.chance.lock().unwrap().extend([0, 0, 2, 0]);
    connect(&village, &parameters).await.unwrap_err();
    let looked_up = ["b", "c", "a", "b", "a", "c"];
    let expected: Vec<_> = (0..6)
        .map(|index| format!("{} look up {}", index / 3, looked_up[index]))
        .collect();
    assert_eq!(village.tried(), expected);
}
