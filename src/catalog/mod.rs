//! What kubeadm offers and what each phase means, as data.

pub mod class;
pub mod diagnosis;
