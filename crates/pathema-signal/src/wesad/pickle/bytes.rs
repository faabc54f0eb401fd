//! Bytes that may turn out to be numbers.

/// A growing string of bytes, held so that an array of double precision takes it over without a copy.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Bytes {
    /// The bytes and what room was asked for behind them.
    words: Vec<u64>,
    length: usize,
}

impl Bytes {
    pub(super) fn as_slice(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.length]
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// So many bytes behind the last, to be written to; what stands in them is anything.
    pub(super) fn room(&mut self, count: usize) -> &mut [u8] {
        let words = (self.length + count).div_ceil(8);
        if words > self.words.len() {
            self.words.resize(words, 0);
        }
        &mut bytemuck::cast_slice_mut(&mut self.words)[self.length..self.length + count]
    }

    /// Takes the first `count` bytes of the room as written.
    pub(super) fn fill(&mut self, count: usize) {
        self.length += count;
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.fill(1);
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.fill(bytes.len());
    }

    pub(super) fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }

    /// Gives back the room that was not needed.
    pub(super) fn shrink(&mut self) {
        self.words.truncate(self.length.div_ceil(8));
        self.words.shrink_to_fit();
    }

    /// The bytes as numbers in this machine's order, in the memory where they are.
    pub(super) fn into_f64(mut self) -> Vec<f64> {
        self.words.truncate(self.length / 8);
        bytemuck::cast_vec(self.words)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Bytes {
        let mut held = Bytes::default();
        held.extend(&bytes);
        held
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_slice().fmt(f)
    }
}
