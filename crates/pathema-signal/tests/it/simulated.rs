//! What the simulator writes is what the reader reads.

use pathema_signal::simulate::{self, Protocol, SimulationConfig};
use pathema_signal::wesad::{Archive, Provenance};

#[test]
fn recordings_are_read_as_they_were_simulated() {
    let folder = tempfile::tempdir().unwrap();
    let config = SimulationConfig {
        subjects: 2,
        seed: 5,
        protocol: Protocol::Short,
    };
    simulate::write(folder.path(), &config, &mut |_, _, _| {}).unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(archive.provenance(), Provenance::Simulated);
    assert_eq!(archive.subjects(), ["S2", "S3"]);
    for (index, name) in archive.subjects().iter().enumerate() {
        let read = archive.read(name).unwrap();
        let session = simulate::session(&config, index);
        assert!(read.findings.is_empty(), "{:?}", read.findings);
        assert_eq!(read.recording.labels, session.recording.labels);
        assert_eq!(
            read.recording.channels.len(),
            session.recording.channels.len()
        );
        for channel in &session.recording.channels {
            let found = read
                .recording
                .channel(channel.placement, channel.modality)
                .unwrap();
            assert!(
                found == channel,
                "{} {}",
                channel.placement,
                channel.modality
            );
        }
    }
}
