//! Names for guests who have none yet: an adjective, a colour and an animal.

use engine::ids::Entropy;

const ADJECTIVES: [&str; 40] = [
    "ample", "bold", "brave", "breezy", "bright", "calm", "cheery", "clever", "cosy", "curious", "dapper", "eager",
    "early", "fond", "frank", "gentle", "glad", "hearty", "honest", "humble", "jolly", "keen", "kind", "lively",
    "lucky", "mellow", "merry", "mild", "neat", "nimble", "patient", "plucky", "polite", "quick", "quiet", "sleepy",
    "snug", "sunny", "warm", "witty",
];
const COLOURS: [&str; 24] = [
    "amber", "azure", "beige", "black", "blue", "bronze", "copper", "coral", "cream", "crimson", "golden", "green",
    "grey", "indigo", "ivory", "lilac", "olive", "orange", "purple", "red", "silver", "teal", "violet", "white",
];
const ANIMALS: [&str; 48] = [
    "badger", "bear", "beaver", "bison", "crane", "cricket", "curlew", "deer", "dolphin", "donkey", "dormouse",
    "eagle", "falcon", "ferret", "finch", "fox", "gecko", "goat", "goose", "hare", "hedgehog", "heron", "ibex",
    "jackdaw", "koala", "lark", "lemur", "lynx", "magpie", "marten", "mole", "moose", "newt", "otter", "owl", "panda",
    "pelican", "penguin", "puffin", "quail", "raven", "robin", "seal", "stork", "swan", "tapir", "toad", "walrus",
];

/// A name by chance, such as `calm_teal_otter`.
pub fn name() -> String {
    let mut chance = Entropy.seed();
    let mut pick = |words: &[&'static str]| {
        let many = words.len() as u64;
        let word = usize::try_from(chance % many).ok().and_then(|at| words.get(at)).copied().unwrap_or("guest");
        chance /= many;
        word
    };
    let (adjective, colour, animal) = (pick(&ADJECTIVES), pick(&COLOURS), pick(&ANIMALS));
    format!("{adjective}_{colour}_{animal}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_of_three_words_and_differ() {
        let names: BTreeSet<String> = (0..100).map(|_| name()).collect();
        assert!(names.len() > 90, "{} of 100", names.len());
        for name in names {
            assert_eq!(name.split('_').count(), 3, "{name}");
            assert!(name.len() <= engine::text::NAME_LIMIT, "{name}");
        }
    }
}
