// The only C++ of the workspace: a node of libtorch's graph whose backward pass is a Rust closure, and the
// vector–Jacobian product with cotangents that tch lacks. `src/ffi.rs` is the other side of all that is
// `extern "C"` here. No exception leaves this file for Rust, and the closures let no panic out.

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/functions/basic_ops.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using at::Tensor;
using torch::autograd::edge_list;
using torch::autograd::Node;
using torch::autograd::variable_list;

// Where the text of an error is written to.
struct Sink {
  void* to;
  void (*write)(void* to, const char* text, size_t length);
};

// A Rust closure. `call` reads a gradient per output (null: undefined) and whether the gradient of each
// input is wanted, and writes a gradient per input (null: none), which is the caller's from then on. If it
// returns false, it has written the reason to `error` and no gradient.
struct Closure {
  void* data;
  bool (*call)(
      const void* data,
      const Tensor* const* grads,
      size_t outputs,
      const bool* wanted,
      Tensor** made,
      size_t inputs,
      Sink error);
  void (*drop)(void* data);
};

namespace {

void write_string(void* to, const char* text, size_t length) noexcept {
  try {
    static_cast<std::string*>(to)->assign(text, length);
  } catch (...) {
    // No memory for a text: the error goes without.
  }
}

class ClosureNode final : public Node {
 public:
  ClosureNode(std::string name, std::shared_ptr<void> data, decltype(Closure::call) call, edge_list&& inputs)
      : Node(std::move(inputs)), name_(std::move(name)), data_(std::move(data)), call_(call) {}

  std::string name() const override {
    return name_;
  }

  variable_list apply(variable_list&& grads) override {
    // Declared before the lock, so that the closure is dropped, if at all, after it is given up.
    std::shared_ptr<void> data;
    // A closure may be sent between threads but not shared; it may call itself.
    const std::lock_guard<std::recursive_mutex> lock(running_);
    // A copy: a backward pass inside the closure may release this node.
    data = data_;
    if (!data) {
      fail(
          "cannot run a second time: the graph was freed by an earlier backward pass; let that pass keep "
          "the graph");
    }

    const size_t inputs = num_outputs();
    variable_list made(inputs);
    std::vector<const Tensor*> given;
    bool any = false;
    for (const auto& grad : grads) {
      given.push_back(grad.defined() ? &grad : nullptr);
      any = any || grad.defined();
    }
    // The gradient is linear: of nothing comes nothing.
    if (!any) {
      return made;
    }
    // The closure does not see the history of its gradients.
    edge_list from = next_edges();
    for (auto& grad : grads) {
      if (grad.defined() && grad.requires_grad()) {
        from.push_back(torch::autograd::impl::gradient_edge(grad));
        grad = grad.detach();
      }
    }
    run(data.get(), given, made);
    if (at::GradMode::is_enabled()) {
      forbid_second_derivative(made, std::move(from));
    }
    return made;
  }

  void release_variables() override {
    std::shared_ptr<void> dropped;
    const std::lock_guard<std::recursive_mutex> lock(running_);
    dropped = std::move(data_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("the backward pass of `" + name_ + "` " + why);
  }

  void run(const void* data, const std::vector<const Tensor*>& given, variable_list& made) {
    const at::AutoGradMode off(false);
    const auto wanted = std::make_unique<bool[]>(made.size());
    for (size_t i = 0; i < made.size(); ++i) {
      wanted[i] = task_should_compute_output(i);
    }
    std::vector<Tensor*> owned(made.size(), nullptr);
    std::string error;
    const bool ok = call_(
        data, given.data(), given.size(), wanted.get(), owned.data(), owned.size(), {&error, write_string});
    if (!ok) {
      fail(error);
    }
    for (size_t i = 0; i < made.size(); ++i) {
      if (owned[i] != nullptr) {
        made[i] = std::move(*owned[i]);
        delete owned[i];
      }
    }
    for (auto& grad : made) {
      if (grad.defined()) {
        grad = unshared(grad.requires_grad() ? grad.detach() : std::move(grad));
      }
    }
  }

  // The engine makes a gradient that only it holds the `grad()` of a leaf. If that lay in the memory of
  // something else (a parameter that the closure returned, another gradient), zeroing the one would zero
  // the other.
  static Tensor unshared(Tensor grad) {
    const bool shared = grad.use_count() == 1 && grad.has_storage() && grad.storage().use_count() > 1;
    return shared ? grad.clone() : grad;
  }

  // Every gradient made depends on the inputs and on the gradients given, in a way nobody knows. So each
  // way back to them meets an error. (libtorch's own DelayedError leads nowhere: a pass that asks for
  // the gradients of certain tensors would go round it.)
  void forbid_second_derivative(variable_list& made, edge_list&& from) const {
    const std::shared_ptr<Node> error(
        new torch::autograd::Error(
            "the gradient of `" + name_ +
                "` cannot be differentiated: its backward pass is a Rust closure, which libtorch does not see "
                "into",
            std::move(from)),
        torch::autograd::deleteNode);
    for (auto& grad : made) {
      if (grad.defined()) {
        grad = grad.detach();
        torch::autograd::set_history(grad, error);
      }
    }
  }

  std::string name_;
  std::shared_ptr<void> data_;
  decltype(Closure::call) call_;
  std::recursive_mutex running_;
};

template <class F>
bool guarded(Sink error, F&& body) noexcept {
  const auto tell = [&](const std::string& text) { error.write(error.to, text.data(), text.size()); };
  try {
    body();
    return true;
  } catch (const c10::Error& e) {
    tell(e.what_without_backtrace());
  } catch (const std::exception& e) {
    tell(e.what());
  } catch (...) {
    tell("an unknown C++ exception");
  }
  return false;
}

variable_list copied(const Tensor* const* tensors, size_t count) {
  variable_list list;
  list.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    list.push_back(*tensors[i]);
  }
  return list;
}

} // namespace

extern "C" {

// Writes a tensor with history per output, or null where there is none to be had. Takes the closure in any
// case.
bool pathema_autograd_attach(
    const char* name,
    size_t name_length,
    Closure closure,
    const Tensor* const* inputs,
    size_t input_count,
    const Tensor* const* outputs,
    size_t output_count,
    Tensor** made,
    Sink error) noexcept {
  return guarded(error, [&] {
    std::shared_ptr<void> data(closure.data, closure.drop);
    if (!torch::autograd::compute_requires_grad(at::ArrayRef<Tensor>(copied(inputs, input_count)))) {
      return;
    }
    edge_list edges;
    for (size_t i = 0; i < input_count; ++i) {
      edges.push_back(torch::autograd::impl::gradient_edge(*inputs[i]));
    }
    const std::shared_ptr<Node> node(
        new ClosureNode(std::string(name, name_length), std::move(data), closure.call, std::move(edges)),
        torch::autograd::deleteNode);
    for (size_t i = 0; i < output_count; ++i) {
      // A tensor of its own: an output that the closure holds stays without history, and makes no cycle.
      auto output = outputs[i]->detach();
      torch::autograd::set_history(output, node);
      made[i] = new Tensor(std::move(output));
    }
  });
}

// Writes a gradient per input, or null where no output depends on it.
bool pathema_autograd_vjp(
    const Tensor* const* outputs,
    const Tensor* const* cotangents,
    size_t output_count,
    const Tensor* const* inputs,
    size_t input_count,
    bool keep_graph,
    bool create_graph,
    Tensor** made,
    Sink error) noexcept {
  return guarded(error, [&] {
    auto grads = torch::autograd::grad(
        copied(outputs, output_count),
        copied(inputs, input_count),
        copied(cotangents, output_count),
        keep_graph,
        create_graph,
        /*allow_unused=*/true);
    for (size_t i = 0; i < input_count; ++i) {
      if (grads[i].defined()) {
        made[i] = new Tensor(std::move(grads[i]));
      }
    }
  });
}

// Equal for two tensors that share their memory.
const void* pathema_autograd_memory(const Tensor* tensor) noexcept {
  const auto* impl = tensor->unsafeGetTensorImpl();
  if (impl->has_storage()) {
    return impl->unsafe_storage().unsafeGetStorageImpl();
  }
  return impl;
}

} // extern "C"
