//! Ranges in host names: `worker[01:06]`, `rack-[a:f]`, `w[1:9:2]`.

/// One host of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// What `{n}` stands for without `startAt`: the number, or the letter's place from 1; none without a range.
    pub(crate) number: Option<u64>,
    /// Its place in the range, from 0.
    pub(crate) index: u64,
}

/// More than anyone has in a rack, few enough to be a slip.
const MOST: u64 = 5000;

/// The hosts that `name` stands for, or what is wrong with its range.
pub(crate) fn expand(name: &str) -> Result<Vec<Member>, &'static str> {
    let Some((before, rest)) = name.split_once('[') else {
        return Ok(vec![Member { name: name.to_owned(), number: None, index: 0 }]);
    };
    let (range, after) = rest.split_once(']').ok_or("a range ends with `]`")?;
    if after.contains('[') {
        return Err("only one range in a name");
    }
    let mut parts = range.split(':');
    let (Some(first), Some(last), step, None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("write a range as [01:16], [1:9:2] or [a:f]");
    };
    let step = match step.map(str::parse::<u64>) {
        None => 1,
        Some(Ok(step)) if step > 0 => step,
        Some(_) => return Err("a range's step is a whole number above 0"),
    };
    let (from, to, letters) =
        bounds(first, last).ok_or("a range goes from number to number, or letter to letter")?;
    if from > to {
        return Err("a range goes upwards");
    }
    if (to - from) / step >= MOST {
        return Err("a range of more than 5000 hosts");
    }
    let width = if first.starts_with('0') { first.len() } else { 0 };
    let member = |(index, at): (u64, u64)| {
        let label = if letters { letter(at).to_string() } else { format!("{at:0width$}") };
        let number = if letters { at - from + 1 } else { at };
        Member { name: format!("{before}{label}{after}"), number: Some(number), index }
    };
    let count = (to - from) / step + 1;
    Ok((0..count).map(|index| member((index, from + index * step))).collect())
}

fn bounds(first: &str, last: &str) -> Option<(u64, u64, bool)> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let letter = |text: &str| match text.as_bytes() {
        [byte @ b'a'..=b'z'] => Some(u64::from(*byte)),
        _ => None,
    };
    number(first)
        .zip(number(last))
        .map(|(from, to)| (from, to, false))
        .or_else(|| letter(first).zip(letter(last)).map(|(from, to)| (from, to, true)))
}

fn letter(code: u64) -> char {
    u8::try_from(code).map_or('?', char::from)
}

/// Puts the member's name for `{name}` and its number for `{n}`; none if there is no number to put.
pub(crate) fn fill(text: &str, member: &Member, start_at: Option<u64>) -> Option<String> {
    let text = text.replace("{name}", &member.name);
    if !text.contains("{n}") {
        return Some(text);
    }
    let number = member.number?;
    let number = start_at.map_or(number, |start| start.saturating_add(member.index));
    Some(text.replace("{n}", &number.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(text: &str) -> Vec<String> {
        expand(text).unwrap().into_iter().map(|member| member.name).collect()
    }

    #[test]
    fn ranges_count_as_ansible_does() {
        assert_eq!(names("w[08:11]"), ["w08", "w09", "w10", "w11"]);
        assert_eq!(names("w[1:9:4]-x"), ["w1-x", "w5-x", "w9-x"]);
        assert_eq!(names("rack-[a:c]"), ["rack-a", "rack-b", "rack-c"]);
        assert_eq!(names("w[1:9:5]"), ["w1", "w6"]);
        assert_eq!(names("plain"), ["plain"]);
        for bad in [
            "w[1",
            "w[3:1]",
            "w[1:9:0]",
            "w[a:9]",
            "w[1]",
            "w[1:2:3:4]",
            "w[1:2][1:2]",
            "w[1:99999999]",
            "w[A:C]",
        ] {
            assert!(expand(bad).is_err(), "{bad}");
        }
        assert!(expand("w[0:18446744073709551615]").is_err());
    }

    #[test]
    fn numbers_go_into_addresses() {
        let members = expand("w[01:03]").unwrap();
        assert_eq!(fill("10.0.0.{n}", &members[2], None).unwrap(), "10.0.0.3");
        assert_eq!(fill("10.0.0.{n}", &members[2], Some(21)).unwrap(), "10.0.0.23");
        assert_eq!(fill("{name}.lan", &members[0], None).unwrap(), "w01.lan");
        assert_eq!(fill("10.0.0.{n}", &expand("solo").unwrap()[0], Some(1)), None);
        assert_eq!(fill("x{n}", &expand("[c:e]").unwrap()[1], None).unwrap(), "x2");
    }
}
