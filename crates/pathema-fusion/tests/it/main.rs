//! What fusion must hold, checked against attention written out by hand.

use pathema_fusion::{CrossModalFusion, FusionConfig, FusionError};
use tch::{Device, Kind, Tensor, nn};

const DOUBLE: (Kind, Device) = (Kind::Double, Device::Cpu);

fn fusion(vs: &mut nn::VarStore, config: &FusionConfig) -> CrossModalFusion {
    let fusion = CrossModalFusion::new(&vs.root(), config).unwrap();
    vs.double();
    fusion
}

/// Softmax(QKᵀ/√d) V of one head, by loops of matrix products.
fn by_hand(vs: &nn::VarStore, z: &[Tensor], own: usize, heads: i64) -> Tensor {
    let variables = vs.variables();
    let linear = |modality: usize, name: &str, x: &Tensor| {
        let parameter =
            |kind: &str| variables[&format!("m{modality}.{name}.{kind}")].shallow_clone();
        x.matmul(&parameter("weight").tr()) + parameter("bias")
    };
    let y: Vec<Tensor> = z
        .iter()
        .enumerate()
        .map(|(modality, z)| linear(modality, "model", z))
        .collect();
    let query = linear(own, "query", &y[own]);
    let rest: Vec<usize> = (0..z.len()).filter(|&modality| modality != own).collect();
    let gather = |name: &str| {
        let parts: Vec<Tensor> = rest.iter().map(|&m| linear(m, name, &y[m])).collect();
        Tensor::cat(&parts, 1)
    };
    let (key, value) = (gather("key"), gather("value"));
    let outputs: Vec<Tensor> = query
        .chunk(heads, 2)
        .iter()
        .zip(key.chunk(heads, 2))
        .zip(value.chunk(heads, 2))
        .map(|((q, k), v)| {
            let d = q.size()[2] as f64;
            let weights = (q.matmul(&k.transpose(1, 2)) / d.sqrt()).softmax(-1, Kind::Double);
            weights.matmul(&v)
        })
        .collect();
    let x = linear(own, "output", &Tensor::cat(&outputs, 2)) + &y[own];
    let mean = x.mean_dim(-1, true, Kind::Double);
    let centred = &x - mean;
    let variance = centred.square().mean_dim(-1, true, Kind::Double);
    centred / (variance + 1e-5).sqrt()
}

#[test]
fn equals_attention_by_hand() {
    let config = FusionConfig {
        hidden: vec![5, 3, 4],
        d_model: 8,
        heads: 2,
    };
    let mut vs = nn::VarStore::new(Device::Cpu);
    let fusion = fusion(&mut vs, &config);
    // Each modality at its own number of instants.
    let z: Vec<Tensor> = [(7, 5), (4, 3), (9, 4)]
        .map(|(instants, hidden)| Tensor::randn([2, instants, hidden], DOUBLE))
        .into();
    let attended = fusion.forward(&z).unwrap();
    for (own, found) in attended.iter().enumerate() {
        let expected = by_hand(&vs, &z, own, config.heads);
        assert!(
            found.allclose(&expected, 1e-10, 1e-10, false),
            "modality {own}"
        );
    }
}

#[test]
fn samples_of_a_batch_do_not_see_each_other() {
    let config = FusionConfig {
        hidden: vec![4, 4],
        d_model: 4,
        heads: 1,
    };
    let mut vs = nn::VarStore::new(Device::Cpu);
    let fusion = fusion(&mut vs, &config);
    let z: Vec<Tensor> = (0..2).map(|_| Tensor::randn([3, 6, 4], DOUBLE)).collect();
    let together = fusion.forward(&z).unwrap();
    let alone: Vec<Tensor> = z.iter().map(|z| z.narrow(0, 1, 1)).collect();
    let alone = fusion.forward(&alone).unwrap();
    for (together, alone) in together.iter().zip(&alone) {
        assert!(
            together
                .narrow(0, 1, 1)
                .allclose(alone, 1e-12, 1e-12, false)
        );
    }
}

#[test]
fn gradients_reach_every_parameter() {
    let config = FusionConfig {
        hidden: vec![4, 4, 4],
        d_model: 8,
        heads: 4,
    };
    let mut vs = nn::VarStore::new(Device::Cpu);
    let fusion = fusion(&mut vs, &config);
    let z: Vec<Tensor> = (0..3).map(|_| Tensor::randn([2, 5, 4], DOUBLE)).collect();
    let weight = Tensor::randn([2, 5, 8], DOUBLE);
    let loss = fusion
        .forward(&z)
        .unwrap()
        .iter()
        .map(|attended| (attended * &weight).sum(Kind::Double))
        .fold(Tensor::zeros([], DOUBLE), |sum, term| sum + term);
    loss.backward();
    for (name, parameter) in vs.variables() {
        // Softmax does not change when all keys move together, so their bias has no gradient.
        let size = parameter.grad().abs().max().double_value(&[]);
        assert!(size > 1e-8 || name.ends_with("key.bias"), "{name}: {size}");
    }
}

#[track_caller]
fn check_refused(hidden: &[i64], d_model: i64, heads: i64, says: &str) {
    let vs = nn::VarStore::new(Device::Cpu);
    let config = FusionConfig {
        hidden: hidden.to_vec(),
        d_model,
        heads,
    };
    let error = CrossModalFusion::new(&vs.root(), &config)
        .unwrap_err()
        .to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn names_what_does_not_fit() {
    check_refused(&[4], 8, 2, "at least two");
    check_refused(&[4, 4], 8, 3, "3 heads");
    check_refused(&[4, 0], 8, 2, "[4, 0]");

    let vs = nn::VarStore::new(Device::Cpu);
    let config = FusionConfig {
        hidden: vec![4, 4],
        d_model: 8,
        heads: 2,
    };
    let fusion = CrossModalFusion::new(&vs.root(), &config).unwrap();
    let z = |hidden| Tensor::zeros([2, 5, hidden], (Kind::Float, Device::Cpu));
    assert!(matches!(
        fusion.forward(&[z(4)]),
        Err(FusionError::Count {
            found: 1,
            expected: 2
        })
    ));
    assert!(matches!(
        fusion.forward(&[z(4), z(3)]),
        Err(FusionError::Shape { modality: 1, .. })
    ));
}
