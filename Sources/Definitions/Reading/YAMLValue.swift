import Yams

/// A value in a YAML file that knows where it stands, and reports what is wrong with it there.
///
/// The readers return nil after they have reported; callers go on, so that all problems of a file
/// are found in one reading.
public struct YAMLValue {
  let node: Node
  public let file: String
  public let diagnostics: Diagnostics

  /// Parses the text of `file`.
  ///
  /// - Returns: nil where the text is no YAML or is empty, which is reported.
  public static func parse(_ text: String, file: String, diagnostics: Diagnostics) -> YAMLValue? {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        diagnostics.report(Problem(file: file, line: 1, "The file is empty."))
        return nil
      }
      return YAMLValue(node: node, file: file, diagnostics: diagnostics)
    } catch let error as YamlError {
      diagnostics.report(error.problem(in: file))
    } catch {
      diagnostics.report(Problem(file: file, "\(error)"))
    }
    return nil
  }

  /// Reports a problem at this value.
  public func report(_ message: String, hint: String? = nil) {
    diagnostics.report(
      Problem(
        file: file, line: node.mark?.line, column: node.mark?.column, message, hint: hint))
  }

  // MARK: Plain values

  /// The value as text; numbers and dates are texts too.
  ///
  /// - Parameter allowsControls: whether it may have control characters other than line breaks and tabs, as what
  ///   separates columns may.
  public func text(allowsControls: Bool = false) -> String? {
    guard let scalar = node.scalar else { return mistyped("a text") }
    let odd = scalar.string.unicodeScalars.first {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
    if let odd, !allowsControls {
      report(
        "The text has the character U+\(String(odd.value, radix: 16, uppercase: true)), which no page can show.",
        hint: "Take it out.")
      return nil
    }
    return scalar.string
  }

  /// The value as text that is not blank.
  public func name() -> String? {
    guard let text = text() else { return nil }
    guard text.contains(where: { !$0.isWhitespace }) else { return mistyped("a text") }
    return text
  }

  public func integer() -> Int? {
    guard let number = node.int else { return mistyped("a whole number") }
    return number
  }

  public func number() -> Double? {
    guard let number = node.float ?? node.int.map(Double.init) else { return mistyped("a number") }
    guard number.isFinite else {
      report("\(number) is not a finite number.", hint: "Write a number such as 100000.")
      return nil
    }
    return number
  }

  /// A whole number above 0.
  func positiveInteger() -> Int? {
    guard let number = integer() else { return nil }
    guard number > 0 else {
      report("\(number) is not above 0.", hint: "Write 1 or more, or leave it out.")
      return nil
    }
    return number
  }

  public func flag() -> Bool? {
    guard let flag = node.bool else { return mistyped("true or false") }
    return flag
  }

  /// The value as one of the cases of `type`, by its raw value.
  public func choice<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type) -> Choice?
  where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    guard let text = node.scalar?.string else {
      return mistyped("one of \(names.joined(separator: ", "))")
    }
    guard let choice = Choice(rawValue: text) else {
      report(
        "'\(text)' is not one of \(names.joined(separator: ", ")).",
        hint: didYouMean(text, among: names))
      return nil
    }
    return choice
  }

  // MARK: Lists and sections

  /// The items of a list; a single value stands for a list of one.
  public func items() -> [YAMLValue] {
    if let sequence = node.sequence { return sequence.map(child) }
    return [self]
  }

  /// The list of texts.
  public func texts() -> [String] { items().compactMap { $0.text() } }

  /// Whether it is a section of 'name: value' lines.
  public var isMapping: Bool { node.mapping != nil }

  /// The entries of a mapping whose keys are free: ids, columns, codes.
  public func entries() -> [(key: String, value: YAMLValue)] {
    guard let mapping = node.mapping else {
      let _: Int? = mistyped("a section of 'name: value' lines")
      return []
    }
    return mapping.compactMap { key, value in
      key.scalar.map { (key: $0.string, value: child(value)) }
    }
  }

  /// The entries of a mapping whose keys are fixed; any other key is reported, with the nearest.
  public func section(_ keys: [String]) -> YAMLSection? {
    guard let mapping = node.mapping else {
      return mistyped("a section with \(keys.joined(separator: ", "))")
    }
    var values: [String: YAMLValue] = [:]
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      if keys.contains(name) {
        values[name] = child(value)
      } else {
        child(key).report(
          "'\(name)' is not a key here.",
          hint: didYouMean(name, among: keys) ?? "The keys are: \(keys.joined(separator: ", ")).")
      }
    }
    return YAMLSection(at: self, values: values)
  }

  /// The line the value begins on.
  public var line: Int { node.mark?.line ?? 1 }
  public var isSection: Bool { node.mapping != nil }
  public var isList: Bool { node.sequence != nil }

  private func child(_ node: Node) -> YAMLValue {
    YAMLValue(node: node, file: file, diagnostics: diagnostics)
  }

  private func didYouMean(_ name: String, among names: [String]) -> String? {
    nearestName(to: name, among: names).map { "Did you mean '\($0)'?" }
  }

  private func mistyped<Result>(_ expected: String) -> Result? {
    report("Expected \(expected).")
    return nil
  }
}

/// A mapping with fixed keys.
public struct YAMLSection {
  public let at: YAMLValue
  let values: [String: YAMLValue]

  public subscript(key: String) -> YAMLValue? { values[key] }

  /// The value of `key`, reported where it is missing.
  public func required(_ key: String) -> YAMLValue? {
    if let value = values[key] { return value }
    at.report("The key '\(key)' is missing here.")
    return nil
  }
}

extension YamlError {
  fileprivate func problem(in file: String) -> Problem {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      Problem(
        file: file, line: mark.line, column: mark.column, "This is not valid YAML: \(problem).")
    case .duplicatedKeysInMapping(let duplicates, let context):
      Problem(
        file: file, line: context.mark.line, column: context.mark.column,
        "The key '\(duplicates.first ?? "")' stands twice in the section that begins here.")
    default: Problem(file: file, "This is not valid YAML: \(self).")
    }
  }
}
