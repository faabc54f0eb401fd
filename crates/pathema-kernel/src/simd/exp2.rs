/// 2 to a power as 2 to the nearest whole number, which is an exponent's bits, times a polynomial of what is left.
pub(super) trait Powers: Sized + 'static {
    /// Of 2ˣ for x from −½ to ½, the highest power of x first; the last is 1, so that 2⁰ is 1. They keep the largest
    /// relative error smallest (found by Remez's exchange).
    const TWO_TO: &'static [Self];
    /// The exponent of zero, and so what comes out for it and below; up to the next it is off by less than the smallest
    /// normal number.
    const LEAST_POWER: Self;
}

/// Off by 9.2e-8 at most.
impl Powers for f32 {
    #[allow(
        clippy::approx_constant,
        reason = "the best factor of x is not quite ln 2"
    )]
    const TWO_TO: &'static [f32] = &[
        1.326_472_7e-3,
        9.671_513e-3,
        5.550_733_6e-2,
        0.240_222_42,
        0.693_147,
        1.0,
    ];
    const LEAST_POWER: f32 = -127.0;
}

/// Off by 3.4e-18 at most.
impl Powers for f64 {
    const TWO_TO: &'static [f64] = &[
        4.434_771_266_548_105_6e-10,
        7.073_783_248_498_184e-9,
        1.017_819_957_202_688_3e-7,
        1.321_543_528_230_637e-6,
        1.525_273_349_312_712_4e-5,
        1.540_353_045_711_210_2e-4,
        1.333_355_814_677_462e-3,
        9.618_129_107_594_12e-3,
        5.550_410_866_482_008_4e-2,
        0.240_226_506_959_101_3,
        std::f64::consts::LN_2,
        1.0,
    ];
    const LEAST_POWER: f64 = -1023.0;
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, Real, Vector};
    use super::Powers;

    fn exp2<V: Vector>(x: V::Item) -> f64 {
        let mut lanes = [x; 16];
        // SAFETY: the caller has seen to the instruction set, and 16 lanes are enough for any.
        unsafe { V::load(lanes.as_ptr()).exp2().store(lanes.as_mut_ptr()) };
        lanes[0].to_f64()
    }

    fn check<V: Vector<Item: Powers>>(allowed: f64) {
        let least = V::Item::LEAST_POWER;
        let mut worst = 0.0_f64;
        for k in 0..200_000 {
            let x = V::Item::of((least.to_f64() + 1.0) * f64::from(k) / 2e5 + 1e-3);
            let truth = x.to_f64().exp2();
            worst = worst.max((exp2::<V>(x) - truth).abs() / truth);
        }
        assert!(worst < allowed, "{worst:e}");
        let (zero, one) = (V::Item::default(), V::Item::of(1.0));
        assert_eq!(exp2::<V>(zero), 1.0);
        assert_eq!(exp2::<V>(one), 2.0);
        for low in [least, least - one, V::Item::of(f64::NEG_INFINITY)] {
            assert_eq!(exp2::<V>(low), 0.0);
        }
        assert!(exp2::<V>(least + V::Item::of(0.6)).abs() < exp2::<V>(least + one));
        assert!(exp2::<V>(V::Item::of(f64::NAN)).is_nan());
    }

    #[test]
    fn powers_are_right_to_two_units_in_the_last_place() {
        #[cfg(target_arch = "x86_64")]
        if InstructionSet::Avx2.is_here() {
            check::<super::super::F32x8>(2.4e-7);
            check::<super::super::F64x4>(4.5e-16);
        }
        #[cfg(target_arch = "x86_64")]
        if InstructionSet::Avx512.is_here() {
            check::<super::super::F32x16>(2.4e-7);
            check::<super::super::F64x8>(4.5e-16);
        }
        #[cfg(target_arch = "aarch64")]
        if InstructionSet::Neon.is_here() {
            check::<super::super::F32x4>(2.4e-7);
            check::<super::super::F64x2>(4.5e-16);
        }
    }
}
