//! Chance that can be repeated, and how much of it.

/// A number from the environment, for those who want more than `./check` has time for.
pub fn count(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Chance that can be repeated.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// From 1 to about twice `most`: half of them anything, half of them small as often as large.
    pub fn of_any_size(&mut self, most: u64) -> u64 {
        if self.below(2) == 0 {
            return 1 + self.below(2 * most);
        }
        let bits = u64::from(most.ilog2());
        let size = 1 << self.below(bits + 1);
        size + self.below(size)
    }
}
