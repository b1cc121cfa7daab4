import Partnership

/// The photographs of an asset, and the form to add one.
struct PhotographsSection {
  let values: [String: any Sendable]

  init(_ record: Record, _ desk: Desk) {
    let mayEdit = record.allows(desk.actor, .edit) && record.state == .active
    let all = desk.partnership.photographs(of: record)
    values = [
      "path": record.path, "token": desk.visitor.formToken, "mayChange": mayEdit,
      "hasAny": !all.isEmpty, "isShown": mayEdit || !all.isEmpty,
      "all": all.map { one -> [String: any Sendable] in
        [
          "file": "/photographs/\(one.file)", "shows": one.shows, "credit": one.credit ?? "",
          "remove": "\(record.path)/photographs/\(one.file)/remove",
        ]
      },
    ]
  }
}
