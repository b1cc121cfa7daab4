/// Works out the instructions of a plan on one document at a time.
///
/// Collections are stretches of one stack of items: evaluating pushes the items of the result, and the
/// caller, who remembers where the stack ended before, takes them off.
final class Evaluator {
  let plan: ViewPlan
  private let instructions: UnsafeMutablePointer<Instruction>
  private let steps: UnsafeMutablePointer<PathStep>
  @exclusivity(unchecked) private(set) var tape: JSONTape
  /// The text of the document, for the digits of numbers.
  private(set) var document = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The Bundle that the resource stands in, if any, and the address that its entry gives it.
  private(set) var bundle: BundleEntries?
  private(set) var address: UnsafeRawBufferPointer?
  /// The node and the count of each iteration that is under way.
  private let contexts: UnsafeMutablePointer<(node: Item, count: Int)>
  @exclusivity(unchecked) private var stack: UnsafeMutablePointer<Item>
  @exclusivity(unchecked) private var capacity = 256
  /// The number of items on the stack.
  @exclusivity(unchecked) private(set) var top = 0
  /// Texts made for this document.
  private var arena: [UnsafeMutableRawBufferPointer] = []

  /// - Parameter tape: any; ``begin(_:_:)`` sets the document's.
  init(_ plan: ViewPlan, _ tape: JSONTape) {
    self.plan = plan
    self.tape = tape
    instructions = plan.instructions.baseAddress.unsafelyUnwrapped
    steps = plan.steps.baseAddress.unsafelyUnwrapped
    contexts = .allocate(capacity: plan.contextCount)
    contexts.initialize(repeating: (.none, 0), count: plan.contextCount)
    stack = .allocate(capacity: capacity)
  }

  deinit {
    stack.deallocate()
    contexts.deallocate()
    forgetTexts()
  }

  /// The node and the count, from 0, of an iteration; 0 is the resource.
  func context(_ index: Int) -> Item { contexts[index].node }
  func count(of index: Int) -> Int { contexts[index].count }

  /// Sets the node and the count of an iteration.
  func enter(_ index: Int, _ node: Item, count: Int) { contexts[index] = (node, count) }

  /// Begins another document.
  ///
  /// - Parameter bundle: the entries among which references are looked up.
  func begin(
    _ tape: JSONTape, _ document: UnsafeRawBufferPointer, at place: Int,
    in bundle: BundleEntries? = nil, address: UnsafeRawBufferPointer? = nil
  ) {
    self.tape = tape
    self.document = document
    self.bundle = bundle
    self.address = address
    contexts[0] = (.object(place), 0)
    top = 0
    if !arena.isEmpty { forgetTexts() }
  }

  private func forgetTexts() {
    for text in arena { text.deallocate() }
    arena.removeAll(keepingCapacity: true)
  }

  // MARK: The stack

  @inline(__always)
  func push(_ item: Item) {
    if top == capacity { grow() }
    stack[top] = item
    top += 1
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Item>.allocate(capacity: 2 * capacity)
    larger.update(from: stack, count: top)
    stack.deallocate()
    stack = larger
    capacity *= 2
  }

  @inline(__always)
  func item(_ index: Int) -> Item { stack[index] }

  @inline(__always)
  func drop(to height: Int) { top = height }

  /// Keeps only the item at `index` of those from `height` on.
  func keep(_ index: Int, from height: Int) {
    guard index < top else { return drop(to: height) }
    stack[height] = stack[index]
    top = height + 1
  }

  /// Takes the items from `height` to before `end` out from below those above them.
  func closeGap(from height: Int, to end: Int) {
    guard end > height else { return }
    (stack + height).update(from: stack + end, count: top - end)
    top -= end - height
  }

  /// Replaces the items from `height` on by one.
  func replace(from height: Int, with item: Item) {
    drop(to: height)
    push(item)
  }

  /// A text that lives until the next document.
  func text(_ utf8: some Collection<UInt8>, as kind: Item.Kind = .string) -> Item {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, utf8.count), alignment: 8)
    memory.copyBytes(from: utf8)
    arena.append(memory)
    return .text(UnsafeRawBufferPointer(rebasing: memory[..<utf8.count]), as: kind)
  }

  // MARK: Paths

  /// Pushes what the path of `count` steps from step `first` leads to from the value at `place`.
  func walk(_ place: Int, _ first: Int, _ count: Int) {
    switch tape.letter(place) {
    case JSONTape.Kind.array.rawValue:
      tape.forEachItem(of: place) { walk($0, first, count) }
    case JSONTape.Kind.object.rawValue where count > 0:
      let step = steps + first
      if let found = tape.find(step.pointee.choice ?? step.pointee.name, in: place) {
        arrive(at: found, first, count)
      } else if step.pointee.choice != nil {
        if let found = tape.find(step.pointee.name, in: place) {
          walkTyped(found, first, count)
        }
      } else if step.pointee.isOpenChoice {
        walkOpenChoice(place, first, count)
      }
    default: break
    }
  }

  /// Goes on from the value of a step's element.
  @inline(__always)
  private func arrive(at place: Int, _ step: Int, _ count: Int) {
    if count == 1 {
      let height = top
      pushValue(place, as: steps[step].textKind)
      if steps[step].typeNumber > 0 { mark(from: height, steps[step].typeNumber) }
    } else {
      walk(place, step + 1, count - 1)
    }
  }

  /// Goes on from those values of an element without a choice of type that are of the step's type.
  private func walkTyped(_ place: Int, _ step: Int, _ count: Int) {
    if tape.letter(place) == JSONTape.Kind.array.rawValue {
      tape.forEachItem(of: place) { walkTyped($0, step, count) }
    } else if isValue(place, ofType: steps[step].type) {
      arrive(at: place, step, count)
    }
  }

  private func walkOpenChoice(_ place: Int, _ step: Int, _ count: Int) {
    let name = steps[step].name.bytes
    tape.forEachKey(of: place) { key in
      let bytes = tape.string(key)
      guard bytes.count > name.count, bytes.starts(with: name) else { return }
      let type = String(decoding: bytes.dropFirst(name.count), as: UTF8.self)
      let number = FHIRTypes.number(ofType: type)
      guard number > 0 else { return }
      if count == 1 {
        let height = top
        pushValue(key + 1, as: FHIRTypes.textKind(type))
        mark(from: height, number)
      } else {
        walk(key + 1, step + 1, count - 1)
      }
    }
  }

  /// Notes the type of the objects from `height` on.
  private func mark(from height: Int, _ type: UInt32) {
    for index in height..<top where stack[index].kind == .object { stack[index].count = type }
  }

  /// Pushes the value at `place`, or the items of a list.
  @inline(__always)
  func pushValue(_ place: Int, as textKind: Item.Kind) {
    switch tape.letter(place) {
    case JSONTape.Kind.string.rawValue: push(.text(tape.string(place), as: textKind))
    case JSONTape.Kind.object.rawValue: push(.object(place))
    case JSONTape.Kind.array.rawValue:
      tape.forEachItem(of: place) { pushValue($0, as: textKind) }
    case JSONTape.Kind.integer.rawValue:
      push(numbered(.integer(tape.integer(place)), place))
    case JSONTape.Kind.unsigned.rawValue:
      push(numbered(.decimal(Double(tape.words[place + 1])), place))
    case JSONTape.Kind.double.rawValue: push(numbered(.decimal(tape.double(place)), place))
    case JSONTape.Kind.yes.rawValue: push(.boolean(true))
    case JSONTape.Kind.no.rawValue: push(.boolean(false))
    default: break
    }
  }

  private func numbered(_ item: Item, _ place: Int) -> Item {
    var item = item
    item.place = UInt32(truncatingIfNeeded: place)
    return item
  }

  // MARK: Types

  /// Whether the value at `place` is of a type that the plan names.
  private func isValue(_ place: Int, ofType type: Int) -> Bool {
    let height = top
    pushValue(place, as: .string)
    defer { drop(to: height) }
    return top > height && isItem(item(height), ofType: type)
  }

  func isItem(_ item: Item, ofType type: Int) -> Bool {
    let type = plan.types[type]
    switch item.kind {
    case .object:
      let number = FHIRTypes.number(ofType: type.name)
      if item.count > 0 { return item.count == number }
      guard let found = tape.find(Self.resourceType, in: item.object),
        tape.letter(found) == JSONTape.Kind.string.rawValue
        // An element that always has one type does not say it: it is taken to be the one asked for.
      else { return number > 0 }
      return isSame(tape.string(found), type.bytes.bytes)
    case .boolean: return type.name.lowercasedFirst == "boolean"
    case .integer:
      // JSON writes a decimal without a fraction as a whole number.
      return ["integer", "positiveInt", "unsignedInt", "integer64", "decimal"].contains(
        type.name.lowercasedFirst)
    case .decimal: return type.name.lowercasedFirst == "decimal"
    default: return FHIRTypes.textTypes.contains(type.name.lowercasedFirst)
    }
  }

  static let resourceType = FieldName("resourceType")
  static let id = FieldName("id")
  static let reference = FieldName("reference")
  static let type = FieldName("type")
  static let url = FieldName("url")
  static let `extension` = FieldName("extension")

  // MARK: Instructions

  @inline(__always)
  func instruction(_ index: Int) -> Instruction { instructions[index] }

  /// Pushes the items that instruction `index` gives with `focus`.
  func evaluate(_ index: Int, _ focus: Item) throws(RecordFailure) {
    let found = instructions + index
    if found.pointee.operation == .path, found.pointee.a < 0 {
      if focus.kind == .object { walk(focus.object, found.pointee.b, found.pointee.c) }
      return
    }
    try evaluate(found.pointee, focus)
  }
}
