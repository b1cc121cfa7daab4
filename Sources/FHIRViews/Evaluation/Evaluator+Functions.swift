extension Evaluator {
  /// Pushes the items that an instruction gives with `focus`; a plain path is done elsewhere.
  func evaluate(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    let height = top
    switch found.operation {
    case .this: if focus.kind != .none { push(focus) }
    case .context: if context(found.a).kind != .none { push(context(found.a)) }
    case .resource: push(context(0))
    case .rowIndex: push(.integer(Int64(count(of: found.a))))
    case .literal: push(found.item)
    case .empty: break
    case .path:
      try eachItem(of: found.a, focus) { (item) throws(RecordFailure) in
        if item.kind == .object { walk(item.object, found.b, found.c) }
      }
    case .first:
      try evaluate(found.a, focus)
      if top > height { drop(to: height + 1) }
    case .last:
      try evaluate(found.a, focus)
      if top > height { keep(top - 1, from: height) }
    case .single:
      try evaluate(found.a, focus)
      guard top <= height + 1 else {
        throw RecordFailure(.severalValues, "single() found \(top - height) values.")
      }
    case .index:
      let index = try integer(found.b, focus, "An index")
      try evaluate(found.a, focus)
      guard let index else { return drop(to: height) }
      if index < 0 || index >= top - height {
        drop(to: height)
      } else {
        keep(height + Int(index), from: height)
      }
    case .exists:
      try evaluate(found.a, focus)
      replace(from: height, with: .boolean(top > height))
    case .isEmpty:
      try evaluate(found.a, focus)
      replace(from: height, with: .boolean(top == height))
    case .count:
      try evaluate(found.a, focus)
      replace(from: height, with: .integer(Int64(top - height)))
    case .hasValue:
      try evaluate(found.a, focus)
      let isValue = top == height + 1 && item(height).kind != .object
      replace(from: height, with: .boolean(isValue))
    case .not:
      guard let flag = try boolean(found.a, focus) else { return }
      push(.boolean(!flag))
    case .where:
      try eachItem(of: found.a, focus) { (item) throws(RecordFailure) in
        if try boolean(found.b, item) == true { push(item) }
      }
    case .all:
      var isTrue = true
      try eachItem(of: found.a, focus) { (item) throws(RecordFailure) in
        if isTrue { isTrue = try boolean(found.b, item) == true }
      }
      replace(from: height, with: .boolean(isTrue))
    case .select:
      try eachItem(of: found.a, focus) { (item) throws(RecordFailure) in
        try evaluate(found.b, item)
      }
    case .isType:
      guard let item = try single(found.a, focus, "The operand of 'is'") else { return }
      push(.boolean(isItem(item, ofType: found.b)))
    case .ofType:
      try eachItem(of: found.a, focus) { (item) throws(RecordFailure) in
        if isItem(item, ofType: found.b) { push(item) }
      }
    case .extension: try extensions(found, focus)
    case .resourceKey:
      try eachItem(of: found.a, focus) { (item) throws(RecordFailure) in
        guard item.kind == .object else { return }
        if let id = tape.find(Self.id, in: item.object) {
          pushValue(id, as: .string)
        } else if item.object == context(0).object, let address, let key = Self.uuid(address) {
          // A new resource in a transaction has no id yet: its entry's UUID identifies it.
          push(key)
        }
      }
    case .referenceKey:
      try eachItem(of: found.a, focus) { (item) throws(RecordFailure) in
        if let key = referenceKey(item, type: found.b) { push(key) }
      }
    case .join, .startsWith, .endsWith, .containsText, .toText: try textFunction(found, focus)
    case .lowBoundary: try boundary(found.a, focus, isLow: true)
    case .highBoundary: try boundary(found.a, focus, isLow: false)
    case .negate:
      guard let operand = try single(found.a, focus, "The operand of '-'") else { return }
      switch operand.kind {
      case .integer: push(.integer(0 &- operand.integer))
      case .decimal: push(.decimal(-operand.decimal))
      default: throw RecordFailure(.notComputable, "'-' needs a number.")
      }
    case .and, .or, .xor, .implies: try logic(found, focus)
    case .add, .subtract, .multiply, .divide, .wholeDivide, .modulo, .concatenate:
      try arithmetic(found, focus)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: try comparison(found, focus)
    case .equal, .notEqual: try equality(found, focus)
    case .isIn: try membership(found, focus)
    case .union: try union(found, focus)
    }
  }

  /// Evaluates instruction `index`, takes its items off, and gives each to `body`, which may push.
  ///
  /// Its items stay below what `body` pushes until all are done, and are then closed up.
  @inline(__always)
  func eachItem(
    of index: Int, _ focus: Item, _ body: (Item) throws(RecordFailure) -> Void
  ) throws(RecordFailure) {
    let height = top
    try evaluate(index, focus)
    let end = top
    for position in height..<end { try body(item(position)) }
    closeGap(from: height, to: end)
  }

  // MARK: Operands

  /// The only item of instruction `index`; nil where there is none.
  func single(
    _ index: Int, _ focus: Item, _ what: String
  ) throws(RecordFailure) -> Item? {
    let height = top
    try evaluate(index, focus)
    defer { drop(to: height) }
    guard top <= height + 1 else {
      throw RecordFailure(.severalValues, "\(what) has \(top - height) values where one is needed.")
    }
    return top > height ? item(height) : nil
  }

  /// A condition; nil where it is empty. One value that is no boolean counts as true (FHIRPath,
  /// section "Singleton Evaluation of Collections"), but for the conditions of a view itself.
  func boolean(
    _ index: Int, _ focus: Item, isStrict: Bool = false
  ) throws(RecordFailure) -> Bool? {
    guard let found = try single(index, focus, "A condition") else { return nil }
    guard found.kind != .boolean else { return found.flag }
    guard !isStrict else {
      throw RecordFailure(.notComputable, "A condition is neither true nor false.")
    }
    return true
  }

  private func integer(
    _ index: Int, _ focus: Item, _ what: String
  ) throws(RecordFailure) -> Int64? {
    guard let found = try single(index, focus, what) else { return nil }
    guard found.kind == .integer else {
      throw RecordFailure(.notComputable, "\(what) is no whole number.")
    }
    return found.integer
  }

  // MARK: FHIR's own functions

  private func extensions(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    let url = instruction(found.b).item.bytes
    for base in [found.a, found.c] where base >= 0 {
      try eachItem(of: base, focus) { (item) throws(RecordFailure) in
        guard item.kind == .object, let list = tape.find(Self.extension, in: item.object),
          tape.letter(list) == JSONTape.Kind.array.rawValue
        else { return }
        tape.forEachItem(of: list) { place in
          guard tape.letter(place) == JSONTape.Kind.object.rawValue,
            let its = tape.find(Self.url, in: place),
            tape.letter(its) == JSONTape.Kind.string.rawValue,
            isSame(tape.string(its), url)
          else { return }
          push(.object(place))
        }
      }
    }
  }

  /// The id that a Reference points at; nil where it points at nothing that has one, or at a resource
  /// of another type than asked for.
  private func referenceKey(_ item: Item, type: Int) -> Item? {
    guard item.kind == .object, let place = tape.find(Self.reference, in: item.object),
      tape.letter(place) == JSONTape.Kind.string.rawValue
    else { return nil }
    let text = tape.string(place)
    // A search ("Patient?identifier=…") points at nothing that has a key here.
    guard let first = text.first, first != UInt8(ascii: "#"), !text.contains(UInt8(ascii: "?"))
    else { return nil }
    var end = text.count
    var cut = lastSlash(text, before: end)
    // Type/id/_history/version
    if let slash = cut, let before = lastSlash(text, before: slash),
      isEqual(text, from: before + 1, to: slash, Self.history)
    {
      end = before
      cut = lastSlash(text, before: before)
    }
    if let bundle {
      let whole = UnsafeRawBufferPointer(rebasing: text[..<end])
      if let place = bundle.place(of: whole) { return key(ofEntry: place, whole, type: type) }
      // What the Bundle does not hold has a key only where the reference itself says Type/id.
      guard !Self.isURN(whole) else { return nil }
    }
    guard let cut else {
      guard end > Self.urn.bytes.count, isEqual(text, from: 0, to: Self.urn.bytes.count, Self.urn),
        // Only the reference itself can say what it points at.
        type < 0 || isDeclared(item, plan.types[type])
      else { return nil }
      return .text(UnsafeRawBufferPointer(rebasing: text[Self.urn.bytes.count..<end]))
    }
    // Type/id: a type begins with a capital, as no part of a server's address before it does.
    let start = lastSlash(text, before: cut).map { $0 + 1 } ?? 0
    guard end > cut + 1, start < cut, (0x41...0x5A).contains(text[start]),
      type < 0 || isEqual(text, from: start, to: cut, plan.types[type].bytes)
    else { return nil }
    return .text(UnsafeRawBufferPointer(rebasing: text[(cut + 1)..<end]))
  }

  /// The key of the resource of a Bundle that a reference is to; nil where it is of another type.
  private func key(
    ofEntry place: Int, _ reference: UnsafeRawBufferPointer, type: Int
  ) -> Item? {
    if type >= 0 {
      guard let its = tape.find(Self.resourceType, in: place),
        tape.letter(its) == JSONTape.Kind.string.rawValue,
        isSame(tape.string(its), plan.types[type].bytes.bytes)
      else { return nil }
    }
    guard let id = tape.find(Self.id, in: place) else { return Self.uuid(reference) }
    return tape.letter(id) == JSONTape.Kind.string.rawValue ? .text(tape.string(id)) : nil
  }

  private static func isURN(_ text: UnsafeRawBufferPointer) -> Bool {
    text.starts(with: "urn:".utf8)
  }

  /// The UUID of an address `urn:uuid:…`; nil of any other.
  private static func uuid(_ address: UnsafeRawBufferPointer) -> Item? {
    guard address.count > urn.bytes.count, address.starts(with: urn.bytes) else { return nil }
    return .text(UnsafeRawBufferPointer(rebasing: address[urn.bytes.count...]))
  }

  private static let urn = FieldName("urn:uuid:")
  private static let history = FieldName("_history")

  @inline(__always)
  private func lastSlash(_ text: UnsafeRawBufferPointer, before end: Int) -> Int? {
    var position = end - 1
    while position >= 0 {
      if text[position] == UInt8(ascii: "/") { return position }
      position -= 1
    }
    return nil
  }

  @inline(__always)
  private func isEqual(
    _ text: UnsafeRawBufferPointer, from start: Int, to end: Int, _ name: FieldName
  ) -> Bool {
    end - start == name.bytes.count
      && isSame(UnsafeRawBufferPointer(rebasing: text[start..<end]), name.bytes)
  }

  /// Whether a Reference says itself that it points at a resource of `type`.
  private func isDeclared(_ item: Item, _ type: PlanType) -> Bool {
    guard let place = tape.find(Self.type, in: item.object),
      tape.letter(place) == JSONTape.Kind.string.rawValue
    else { return false }
    return isSame(tape.string(place), type.bytes.bytes)
  }

  // MARK: Texts

  private func textFunction(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    let height = top
    if found.operation == .join {
      let separator = found.b < 0 ? nil : try single(found.b, focus, "A separator")
      guard separator?.isText ?? true else {
        throw RecordFailure(.notComputable, "The separator of join() is a text.")
      }
      try evaluate(found.a, focus)
      guard top > height else { return }
      var joined: [UInt8] = []
      for position in height..<top {
        guard item(position).isText else {
          throw RecordFailure(.notComputable, "join() needs texts.")
        }
        if position > height, let separator { joined.append(contentsOf: separator.bytes) }
        joined.append(contentsOf: item(position).bytes)
      }
      return replace(from: height, with: text(joined))
    }
    guard let base = try single(found.a, focus, "A text") else { return }
    if found.operation == .toText {
      guard base.kind != .object else { return }
      return push(base.isText ? base : text(Array(description(of: base).utf8)))
    }
    guard let part = try single(found.b, focus, "A text") else { return }
    guard base.isText, part.isText else {
      throw RecordFailure(.notComputable, "This function needs texts.")
    }
    let (whole, piece) = (base.bytes, part.bytes)
    switch found.operation {
    case .startsWith: push(.boolean(whole.starts(with: piece)))
    case .endsWith:
      push(.boolean(whole.count >= piece.count && whole.suffix(piece.count).elementsEqual(piece)))
    default:
      let starts = 0...max(0, whole.count - piece.count)
      push(
        .boolean(
          whole.count >= piece.count && starts.contains { whole[$0...].starts(with: piece) }))
    }
  }

  /// A boolean or number as text.
  func description(of item: Item) -> String {
    switch item.kind {
    case .boolean: item.flag ? "true" : "false"
    case .integer: String(item.integer)
    case .decimal:
      item.decimal == item.decimal.rounded() && abs(item.decimal) < 1e15
        ? String(Int64(item.decimal)) : Self.plain(item.decimal)
    default: item.string
    }
  }

  /// The shortest digits that give the number, without an exponent.
  private static func plain(_ number: Double) -> String {
    let parts = "\(number)".split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(number)" }
    let sign = number < 0 ? "-" : ""
    let mantissa = parts[0].drop { $0 == "-" }.split(separator: ".")
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    let digits = String(mantissa[0]) + fraction
    // The point stands after the first digit, and moves by the exponent.
    let point = mantissa[0].count + exponent
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    guard point < digits.count else {
      return sign + digits + String(repeating: "0", count: point - digits.count)
    }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }

  // MARK: Boundaries

  private func boundary(_ index: Int, _ focus: Item, isLow: Bool) throws(RecordFailure) {
    guard let found = try single(index, focus, "A boundary's base") else { return }
    switch found.kind {
    case .integer, .decimal:
      guard let number = found.number else { return }
      let decimals = digitsAfterPoint(of: found)
      // Half a unit of the last digit written; made from text, so that 1.0 gives 0.95 and not a
      // neighbour of it.
      let half = Double("0.5e\(-decimals)") ?? 0
      let edge = isLow ? number - half : number + half
      push(.decimal(Self.rounded(edge, decimals: decimals + 1)))
    case .string, .date, .dateTime, .time:
      let written = found.string
      guard let moment = Temporal(written) else { return }
      let kind: FHIRPathTemporalKind =
        moment.isTime ? .time : found.kind == .date ? .date : .dateTime
      push(text(moment.boundary(isLow: isLow, as: kind).utf8, as: Item.Kind(kind)))
    default: throw RecordFailure(.notComputable, "A boundary needs a number or a moment.")
    }
  }

  static func rounded(_ number: Double, decimals: Int) -> Double {
    guard let scale = Double("1e\(decimals)"), abs(number * scale) < 9e15 else { return number }
    return (number * scale).rounded() / scale
  }

  /// How many digits the document writes after a number's decimal point.
  private func digitsAfterPoint(of item: Item) -> Int {
    if item.kind == .decimal, item.count > 0 { return Int(item.count) - 1 }
    guard item.place > 0 else {
      return description(of: item).split(separator: ".").dropFirst().first?.count ?? 0
    }
    let token = String(decoding: numberToken(at: Int(item.place)), as: UTF8.self).lowercased()
    let parts = token.split(separator: "e", maxSplits: 1)
    let digits = parts[0].split(separator: ".", maxSplits: 1).dropFirst().first?.count ?? 0
    // An exponent moves the last digit: 1.5e2 is known to the tens.
    return digits - (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  }

  /// The number at `place` as the document writes it: the tape keeps only its value, so the numbers
  /// before it are counted, there and in the text.
  private func numberToken(at place: Int) -> Slice<UnsafeRawBufferPointer> {
    var wanted = 0
    var word = JSONTape.root
    while word < place {
      switch tape.letter(word) {
      case JSONTape.Kind.integer.rawValue, JSONTape.Kind.unsigned.rawValue,
        JSONTape.Kind.double.rawValue:
        wanted += 1
        word += 2
      default: word += 1
      }
    }
    var position = 0
    while position < document.count {
      switch document[position] {
      case UInt8(ascii: "\""):
        position += 1
        while position < document.count, document[position] != UInt8(ascii: "\"") {
          position += document[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
      case UInt8(ascii: "-"), 0x30...0x39:
        let start = position
        while position < document.count, ",]} \t\r\n".utf8.contains(document[position]) == false {
          position += 1
        }
        if wanted == 0 { return document[start..<position] }
        wanted -= 1
      default: position += 1
      }
    }
    return document[0..<0]
  }
}
