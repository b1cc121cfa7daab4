import Foundation

/// How much a value says by being rare: for each code of a part, the binary logarithm of how much rarer it is
/// than values that two records share by chance are on the whole.
struct FrequencyWeights: Sendable {
  let part: Int
  let byCode: [Float]

  /// Values that fewer records have are taken together: a model tells nobody's name. What may be one person's
  /// own, such as a telephone number, is kept where it can only be a stand-in, so many records have it.
  private static func least(_ kind: FieldKind, of total: Double) -> UInt32 {
    switch kind {
    case .phone, .email, .nhsNumber, .code, .localNumber, .number, .text:
      UInt32(max(100, total / 1_000))
    default: 5
    }
  }

  /// The frequencies of a part's values, as a model keeps them.
  static func frequencies(_ part: Int, _ records: RecordSet) -> TrainedModel.Frequencies {
    let counts = records.counts(part, in: 0..<records.count)
    let total = Double(max(1, records.count - Int(counts[0])))
    let least = least(records.parts[part].kind, of: total)
    var values: [String: Double] = [:]
    var (sum, squares) = (0.0, 0.0)
    for code in counts.indices.dropFirst() {
      let share = Double(counts[code]) / total
      if counts[code] >= least {
        values[records.parts[part].table.string(UInt32(code))] = share
      } else {
        sum += share
        squares += share * share
      }
    }
    // A record with a rare value is with others that have it, on average, as frequent as this.
    return TrainedModel.Frequencies(
      values: values, other: max(sum > 0 ? squares / sum : 0, 1.5 / total))
  }

  /// - Parameter agreement: how often two records taken blindly agree on the part.
  init(
    _ part: Int, _ records: RecordSet, _ frequencies: TrainedModel.Frequencies, agreement: Double
  ) {
    self.part = part
    let table = records.parts[part].table
    // Most values are none of those that are frequent, which their hashes tell sooner than their texts.
    let frequent = Set(
      frequencies.values.keys.map { value in
        var value = value
        return value.withUTF8 { hashed(UnsafeRawBufferPointer($0)) }
      })
    func weight(_ share: Double) -> Float { Float(log2(max(agreement, 1e-12) / share)) }
    let other = weight(frequencies.other)
    byCode = (0...table.count).map { code in
      guard code > 0 else { return 0 }
      let text = table.text(UInt32(code)).bytes
      guard frequent.contains(hashed(UnsafeRawBufferPointer(text))) else { return other }
      return frequencies.values[String(decoding: text, as: UTF8.self)].map(weight) ?? other
    }
  }
}
