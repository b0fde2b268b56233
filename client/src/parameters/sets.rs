//! Several sets of parameters, of which one will do.

use super::{ConnectionParameters, ParameterError, ParameterErrorKind as Kind};
use crate::error::Error;

/// Takes sets of parameters from whatever becomes one, and checks each: at least one of them, and sound ones only.
///
/// # Errors
/// Names the first set that is not, by its number from 1 on.
pub(crate) fn gather<I>(sets: I) -> Result<Vec<ConnectionParameters>, Error>
where
    I: IntoIterator,
    I::Item: TryInto<ConnectionParameters>,
    Error: From<<I::Item as TryInto<ConnectionParameters>>::Error>,
{
    let mut gathered = Vec::new();
    for (number, set) in (1..).zip(sets) {
        if number > MOST {
            let expected = "at most 64 sets of them";
            return Err(ParameterError::new(Kind::TooLong, "parameters", expected).into());
        }
        let sound = set.try_into().map_err(Error::from).and_then(|parameters| {
            match parameters.validate() {
                Ok(()) => Ok(parameters),
                Err(error) => Err(error.into()),
            }
        });
        gathered.push(sound.map_err(|error| error.in_set(number))?);
    }
    if gathered.is_empty() {
        let expected = "at least one set of them";
        return Err(ParameterError::new(Kind::Missing, "parameters", expected).into());
    }
    Ok(gathered)
}

/// How many sets there may be: as many as hosts in one of them.
const MOST: usize = super::endpoints::MOST;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, UrlParameters};

    fn refused<I>(sets: I) -> (Kind, String)
    where
        I: IntoIterator,
        I::Item: TryInto<ConnectionParameters>,
        Error: From<<I::Item as TryInto<ConnectionParameters>>::Error>,
    {
        let error = gather(sets).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parameters);
        let cause = std::error::Error::source(&error).unwrap();
        let cause: &ParameterError = cause.downcast_ref().unwrap();
        (cause.kind(), error.to_string())
    }

    #[test]
    fn whatever_becomes_parameters_is_a_set() {
        let expected = [ConnectionParameters::new("a")];
        assert_eq!(gather(expected.clone()).unwrap(), expected);
        let url: UrlParameters = "amqp://guest:guest@a".parse().unwrap();
        assert_eq!(gather(vec![url]).unwrap(), expected);
        assert_eq!(gather(["amqp://guest:guest@a"]).unwrap(), expected);
    }

    #[test]
    fn no_set_at_all_is_refused_and_so_are_too_many() {
        let (kind, text) = refused::<[ConnectionParameters; 0]>([]);
        assert_eq!(kind, Kind::Missing);
        assert_eq!(
            text,
            "bad parameters: parameters is missing: expected at least one set of them"
        );
        // However many there are, no more than that are looked at.
        let (kind, _) = refused(std::iter::repeat_with(ConnectionParameters::default));
        assert_eq!(kind, Kind::TooLong);
        let most = std::iter::repeat_n(ConnectionParameters::default(), MOST);
        assert_eq!(gather(most).unwrap().len(), MOST);
    }

    #[test]
    fn the_set_that_is_not_sound_is_named_and_nothing_that_it_says() {
        let good = ConnectionParameters::default();
        let bad = good.clone().frame_max(5);
        let (kind, text) = refused([good, bad]);
        assert_eq!(kind, Kind::OutOfRange);
        assert_eq!(
            text,
            "bad parameters: set 2: frame_max is out of range: expected 0 or at least 4096 octets"
        );
        let (kind, text) = refused(["amqp://a", "amqp://b", "amqp://u:s3cr3t@c?heartbeat=soon"]);
        assert_eq!(kind, Kind::NotANumber);
        assert!(
            text.starts_with("bad parameters: set 3: heartbeat is"),
            "{text}"
        );
        assert!(!text.contains("s3cr3t"), "{text}");
    }
}
