//! The stack machine that a pickle drives.

use std::collections::HashMap;
use std::io::BufRead;

use super::error::Fault;
use super::input::Input;
use super::literals::{literal, parse};
use super::numpy::{Global, Heap, ITEM_LIMIT};
use super::opcodes as op;
use super::value::{Id, Node};

/// Most operations of one pickle. Each makes at most two objects and pushes at most one, so this bounds the stack, the
/// memo and the heap as well. A recording needs a few hundred.
const OPERATION_LIMIT: u64 = 1_000_000;

/// Highest protocol there is.
const PROTOCOL: u8 = 5;

pub(super) struct Machine<R> {
    pub(super) input: Input<R>,
    pub(super) heap: Heap,
    stack: Vec<Id>,
    /// Heights of the stack at the open marks.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
    /// Operations done.
    pub(super) operations: u64,
}

impl<R: BufRead> Machine<R> {
    pub(super) fn new(reader: R) -> Self {
        Machine {
            input: Input::new(reader),
            heap: Heap::default(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            operations: 0,
        }
    }

    /// Does the next operation; the result once it was STOP.
    pub(super) fn step(&mut self) -> Result<Option<Id>, Fault> {
        if self.operations >= OPERATION_LIMIT {
            return Err(Fault::TooManyOperations {
                limit: OPERATION_LIMIT,
            });
        }
        let opcode = self.input.byte()?;
        match opcode {
            op::STOP => return self.pop(opcode).map(Some),
            op::PROTO => {
                let found = self.input.byte()?;
                if found > PROTOCOL {
                    return Err(Fault::Protocol { found });
                }
            }
            // Only a hint of how much to read ahead.
            op::FRAME => drop(self.input.array::<8>()?),
            op::MARK | op::POP | op::POP_MARK | op::DUP => self.shuffle(opcode)?,
            op::PUT
            | op::BINPUT
            | op::LONG_BINPUT
            | op::MEMOIZE
            | op::GET
            | op::BINGET
            | op::LONG_BINGET => self.remember(opcode)?,
            op::EMPTY_DICT
            | op::DICT
            | op::SETITEM
            | op::SETITEMS
            | op::EMPTY_LIST
            | op::LIST
            | op::APPEND
            | op::APPENDS
            | op::EMPTY_TUPLE
            | op::TUPLE
            | op::TUPLE1
            | op::TUPLE2
            | op::TUPLE3 => self.collect(opcode)?,
            op::GLOBAL
            | op::STACK_GLOBAL
            | op::INST
            | op::OBJ
            | op::NEWOBJ
            | op::REDUCE
            | op::BUILD => self.call(opcode)?,
            _ => {
                let node = literal(&mut self.input, opcode)?;
                self.push(node);
            }
        }
        self.operations += 1;
        Ok(None)
    }

    /// The stack by itself.
    fn shuffle(&mut self, opcode: u8) -> Result<(), Fault> {
        match opcode {
            op::MARK => self.marks.push(self.stack.len()),
            op::POP if self.marks.last() == Some(&self.stack.len()) => drop(self.marks.pop()),
            op::POP => drop(self.pop(opcode)?),
            op::POP_MARK => drop(self.pop_mark(opcode)?),
            _ => {
                let top = self.top(opcode)?;
                self.stack.push(top);
            }
        }
        Ok(())
    }

    /// The memo.
    fn remember(&mut self, opcode: u8) -> Result<(), Fault> {
        let key = match opcode {
            op::PUT | op::GET => parse(&self.input.line("a memo entry")?, "a memo entry")?,
            op::BINPUT | op::BINGET => u64::from(self.input.byte()?),
            op::LONG_BINPUT | op::LONG_BINGET => u64::from(u32::from_le_bytes(self.input.array()?)),
            _ => self.memo.len() as u64,
        };
        if matches!(opcode, op::GET | op::BINGET | op::LONG_BINGET) {
            let id = *self.memo.get(&key).ok_or(Fault::Memo { key })?;
            self.stack.push(id);
        } else {
            let id = self.top(opcode)?;
            self.memo.insert(key, id);
        }
        Ok(())
    }

    /// Dicts, lists and tuples.
    fn collect(&mut self, opcode: u8) -> Result<(), Fault> {
        let node = match opcode {
            op::EMPTY_DICT => Node::Dict(Vec::new()),
            op::EMPTY_LIST => Node::List(Vec::new()),
            op::EMPTY_TUPLE => Node::Tuple(Vec::new()),
            op::DICT => Node::Dict(pairs(opcode, &self.pop_mark(opcode)?)?),
            op::LIST => Node::List(self.pop_mark(opcode)?),
            op::TUPLE => Node::Tuple(self.pop_mark(opcode)?),
            op::TUPLE1 => Node::Tuple(self.pop_many(opcode, 1)?),
            op::TUPLE2 => Node::Tuple(self.pop_many(opcode, 2)?),
            op::TUPLE3 => Node::Tuple(self.pop_many(opcode, 3)?),
            _ => {
                let items = match opcode {
                    op::SETITEM => self.pop_many(opcode, 2)?,
                    op::APPEND => self.pop_many(opcode, 1)?,
                    _ => self.pop_mark(opcode)?,
                };
                return self.extend(opcode, items);
            }
        };
        self.push(node);
        Ok(())
    }

    /// Adds items to the dict or list on top of the stack.
    fn extend(&mut self, opcode: u8, items: Vec<Id>) -> Result<(), Fault> {
        let top = self.top(opcode)?;
        let dict = matches!(opcode, op::SETITEM | op::SETITEMS);
        match self.heap.node_mut(top) {
            Node::Dict(entries) if dict => entries.extend(pairs(opcode, &items)?),
            Node::List(list) if !dict => list.extend(items),
            other => {
                let expected = if dict { "a dict" } else { "a list" };
                return Err(stack(opcode, other.kind(), expected));
            }
        }
        Ok(())
    }

    /// Callables: named, called, and their results given a state.
    fn call(&mut self, opcode: u8) -> Result<(), Fault> {
        let (callable, args) = match opcode {
            op::GLOBAL => {
                let module = self.input.line("a module's name")?;
                let name = self.input.line("a callable's name")?;
                let global = permitted(&module, &name)?;
                self.push(Node::Global(global));
                return Ok(());
            }
            op::STACK_GLOBAL => {
                let names = self.pop_many(opcode, 2)?;
                let (Some(module), Some(name)) =
                    (self.heap.text(names[0]), self.heap.text(names[1]))
                else {
                    return Err(stack(opcode, "no names", "a module and a name"));
                };
                let global = permitted(&module, &name)?;
                self.push(Node::Global(global));
                return Ok(());
            }
            op::BUILD => {
                let state = self.pop(opcode)?;
                let object = self.top(opcode)?;
                return self.heap.build(object, state);
            }
            op::INST => {
                let module = self.input.line("a module's name")?;
                let name = self.input.line("a callable's name")?;
                (permitted(&module, &name)?, self.pop_mark(opcode)?)
            }
            op::OBJ => {
                let mut args = self.pop_mark(opcode)?;
                if args.is_empty() {
                    return Err(stack(opcode, "nothing", "a class"));
                }
                let class = args.remove(0);
                (self.callable(opcode, class)?, args)
            }
            _ => {
                let args = self.pop(opcode)?;
                let callable = self.pop(opcode)?;
                match self.heap.node(args) {
                    Node::Tuple(args) if args.len() <= ITEM_LIMIT => {
                        (self.callable(opcode, callable)?, args.clone())
                    }
                    other => return Err(stack(opcode, other.kind(), "a short tuple of arguments")),
                }
            }
        };
        let made = self.heap.call(callable, &args)?;
        self.stack.push(made);
        Ok(())
    }

    fn callable(&self, opcode: u8, id: Id) -> Result<Global, Fault> {
        match self.heap.node(id) {
            Node::Global(global) => Ok(*global),
            other => Err(stack(opcode, other.kind(), "a callable")),
        }
    }

    fn push(&mut self, node: Node) {
        let id = self.heap.add(node);
        self.stack.push(id);
    }

    /// The height below which the innermost open mark forbids to reach.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self, opcode: u8) -> Result<Id, Fault> {
        match self.stack.last() {
            Some(&id) if self.stack.len() > self.floor() => Ok(id),
            _ => Err(stack(opcode, "too little", "an object")),
        }
    }

    fn pop(&mut self, opcode: u8) -> Result<Id, Fault> {
        let top = self.top(opcode)?;
        self.stack.pop();
        Ok(top)
    }

    fn pop_many(&mut self, opcode: u8, count: usize) -> Result<Vec<Id>, Fault> {
        match self.stack.len().checked_sub(count) {
            Some(height) if height >= self.floor() => Ok(self.stack.split_off(height)),
            _ => Err(stack(opcode, "too little", "its operands")),
        }
    }

    /// Everything above the innermost mark, and the mark.
    fn pop_mark(&mut self, opcode: u8) -> Result<Vec<Id>, Fault> {
        match self.marks.pop() {
            Some(height) => Ok(self.stack.split_off(height)),
            None => Err(stack(opcode, "no mark", "a mark")),
        }
    }
}

fn permitted(module: &str, name: &str) -> Result<Global, Fault> {
    // What a stranger wrote must not reach a terminal as control characters.
    Global::named(module, name).ok_or_else(|| Fault::ForbiddenGlobal {
        module: module.escape_debug().to_string(),
        name: name.escape_debug().to_string(),
    })
}

fn stack(opcode: u8, found: &'static str, expected: &'static str) -> Fault {
    Fault::Stack {
        opcode: op::name(opcode).unwrap_or("the operation"),
        found,
        expected,
    }
}

fn pairs(opcode: u8, items: &[Id]) -> Result<Vec<(Id, Id)>, Fault> {
    let (pairs, rest) = items.as_chunks::<2>();
    match rest {
        [] => Ok(pairs.iter().map(|&[key, value]| (key, value)).collect()),
        _ => Err(stack(opcode, "a key without a value", "pairs")),
    }
}
