//! Small networks trained in native code: a tape of matrices with exact gradients, over the fused engine.
