use pathema_experiments::config::{ModalityGroup, WindowConfig};
use pathema_experiments::loso::CohortError;

use super::Data;
use crate::signals::LoadedRoad;

impl Data {
    /// Of AffectiveROAD: drives of one driver are held out together.
    ///
    /// # Errors
    /// As [`Data::new`].
    pub fn road(
        road: LoadedRoad,
        groups: &[ModalityGroup],
        degraded: Vec<String>,
        windows: &WindowConfig,
    ) -> Result<Data, CohortError> {
        Ok(Data {
            people: Some(road.people),
            classes: road.classes,
            ..Data::new(road.drives, groups, degraded, windows)?
        })
    }
}
