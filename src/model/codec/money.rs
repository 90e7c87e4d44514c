//! Money: minor units of an ISO 4217 currency, read and written without a float in between.

use super::Expected;
use super::number::Written;
use crate::model::value::Value;

/// The currencies of ISO 4217 that are in use.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ \
    GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL \
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN \
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
    TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// How many decimals a currency has: 0 for the yen, 3 for the Kuwaiti dinar, 2 for most.
pub fn minor_digits(currency: [u8; 3]) -> u32 {
    match &currency {
        b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX" | b"VND"
        | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
        b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
        b"CLF" => 4,
        _ => 2,
    }
}

/// An amount as it is edited, exported and sealed: `12000.00 EUR`.
pub fn money_text(minor: i64, currency: [u8; 3]) -> String {
    format!("{} {}", amount(minor, currency), code(currency))
}

/// The amount without its currency, in major units: `12000.00`.
pub(super) fn amount(minor: i64, currency: [u8; 3]) -> String {
    let digits = minor_digits(currency) as usize;
    let sign = if minor < 0 { "-" } else { "" };
    let n = format!("{:0>width$}", minor.unsigned_abs(), width = digits + 1);
    let (whole, part) = n.split_at(n.len() - digits);
    if digits == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

/// The letters of a currency.
pub(super) fn code(currency: [u8; 3]) -> String {
    currency.iter().map(|b| char::from(*b)).collect()
}

/// The amount in major units, for comparing.
pub(crate) fn major(minor: i64, currency: [u8; 3]) -> f64 {
    minor as f64 / 10f64.powi(i32::try_from(minor_digits(currency)).unwrap_or(2))
}

/// Reads `12k EUR`, `€ 1,200.50` or `12k` (in the currency given).
pub(super) fn parse(text: &str, currency: [u8; 3]) -> Result<Value, Expected> {
    let own = code(currency);
    let hint = || Expected::new(text, format!("an amount such as 12k {own}, 1,200.50 or 1.5M"));
    let (number, word) = split(text);
    let named = match word.to_uppercase().as_str() {
        "" => currency,
        "€" | "EURO" | "EUROS" => *b"EUR",
        "$" | "US$" => *b"USD",
        "£" => *b"GBP",
        "¥" => {
            if currency == *b"CNY" {
                currency
            } else {
                *b"JPY"
            }
        }
        w => {
            let bytes: [u8; 3] = w.as_bytes().try_into().map_err(|_| hint())?;
            if bytes != currency && !CODES.split_whitespace().any(|c| c == w) {
                return Err(Expected::new(
                    text,
                    format!("a currency of ISO 4217 such as {own}, not {w}"),
                ));
            }
            bytes
        }
    };
    let written = Written::read(number)
        .filter(|_| !Written::is_percent(number))
        .ok_or_else(hint)?;
    let digits = minor_digits(named);
    let minor = written.units(i32::try_from(digits).unwrap_or(2)).ok_or_else(|| {
        Expected::new(
            text,
            format!(
                "an amount with at most {digits} decimals ({}), below 90 million billion",
                code(named)
            ),
        )
    })?;
    Ok(Value::Money(minor, named))
}

/// Reads `12000.00 EUR` as it is sealed; any three letters are a currency.
pub(super) fn sealed(text: &str) -> Option<Value> {
    let (number, word) = text.rsplit_once(' ')?;
    let currency: [u8; 3] = word.as_bytes().try_into().ok()?;
    if !currency.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    let minor = Written::read(number)?.units(i32::try_from(minor_digits(currency)).ok()?)?;
    Some(Value::Money(minor, currency))
}

/// Parts the number from the currency, which may stand on either side: `12k EUR`, `EUR 12k`, `€12`, `12kEUR`.
fn split(text: &str) -> (&str, &str) {
    let t = text.trim();
    let symbol = |c: char| "€$£¥".contains(c);
    if t.starts_with(|c: char| c.is_alphabetic() || symbol(c)) {
        let end = t.find(|c: char| !(c.is_alphabetic() || symbol(c))).unwrap_or(t.len());
        return (t[end..].trim(), &t[..end]);
    }
    let start = t
        .rfind(|c: char| !(c.is_alphabetic() || symbol(c)))
        .map_or(0, |i| i + t[i..].chars().next().map_or(1, char::len_utf8));
    let word = &t[start..];
    let known = |w: &str| w.len() == 3 && w.is_ascii() && CODES.contains(&w.to_uppercase());
    match word.len() {
        0 => (t, ""),
        _ if word.chars().all(symbol) || known(word) || word.to_lowercase().starts_with("euro") => {
            (t[..start].trim(), word)
        }
        _ => {
            // a suffix of the number, with or without a currency glued to it
            let cut = word.char_indices().nth(1).map(|(i, _)| i).filter(|i| {
                let w = &word[*i..];
                known(w) || w.chars().all(symbol)
            });
            match cut {
                Some(i) => (&t[..start + i], &word[i..]),
                None if word.chars().count() == 3
                    && !word.eq_ignore_ascii_case("mio")
                    && !word.eq_ignore_ascii_case("mrd") =>
                {
                    (t[..start].trim(), word)
                }
                None => (t, ""),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read() {
        for (text, minor, currency) in [
            ("12k EUR", 1_200_000, b"EUR"),
            ("12k", 1_200_000, b"EUR"),
            ("1,200.50", 120_050, b"EUR"),
            ("€1,200.50", 120_050, b"EUR"),
            ("1.200,50 €", 120_050, b"EUR"),
            ("usd 5", 500, b"USD"),
            ("5USD", 500, b"USD"),
            ("5kUSD", 500_000, b"USD"),
            ("$5", 500, b"USD"),
            ("1.5M", 150_000_000, b"EUR"),
            ("2 mio EUR", 200_000_000, b"EUR"),
            ("12000 JPY", 12_000, b"JPY"),
            ("1.234 KWD", 1_234, b"KWD"),
            ("-3", -300, b"EUR"),
        ] {
            assert_eq!(parse(text, *b"EUR"), Ok(Value::Money(minor, *currency)), "{text:?}");
        }
        for text in [
            "",
            "12 XXX",
            "EUR",
            "1.234",
            "12.5 JPY",
            "5%",
            "abc",
            "12 euro cents",
            "1e300",
        ] {
            assert!(parse(text, *b"EUR").is_err(), "{text:?}");
        }
    }

    #[test]
    fn amounts_write() {
        assert_eq!(money_text(1_200_000, *b"EUR"), "12000.00 EUR");
        assert_eq!(money_text(-5, *b"EUR"), "-0.05 EUR");
        assert_eq!(money_text(12, *b"JPY"), "12 JPY");
        assert_eq!(money_text(1, *b"KWD"), "0.001 KWD");
        assert_eq!(money_text(i64::MIN, *b"EUR"), "-92233720368547758.08 EUR");
        assert_eq!(
            sealed("-92233720368547758.08 EUR"),
            Some(Value::Money(i64::MIN, *b"EUR"))
        );
    }
}
