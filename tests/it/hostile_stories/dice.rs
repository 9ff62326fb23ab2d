//! Chance that is the same each time.

/// A sequence of numbers that look random and are the same for the same seed.
pub struct Dice(u64);

impl Dice {
    /// Of a seed and the number of what is thrown for: each is thrown for by itself, whatever came before.
    pub fn new(seed: u64, number: usize) -> Self {
        let mixed = (seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_add(number as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Self((mixed ^ (mixed >> 29)) | 1)
    }

    /// 0 to `limit` without it.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit
    }

    /// One time in so many.
    pub fn once_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
