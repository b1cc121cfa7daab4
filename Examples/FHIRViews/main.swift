import FHIRViews

// A view of SQL on FHIR over two patients, a line each.
let view = """
  {"resourceType": "ViewDefinition", "resource": "Patient", "status": "draft", "select": [{"column": [
    {"name": "id", "path": "getResourceKey()"},
    {"name": "surname", "path": "name.where(use = 'official').family.first()"},
    {"name": "is_adult", "path": "birthDate < @2008-01-01", "type": "boolean"}]}]}
  """
let plan = try ViewPlan(ViewDefinition(json: Array(view.utf8)))
let rows = try plan.rows(
  of: """
    {"resourceType": "Patient", "id": "1", "name": [{"use": "official", "family": "Ashdown"}], "birthDate": "1950-02-01"}
    {"resourceType": "Patient", "id": "2", "name": [{"use": "nickname", "family": "Bee"}], "birthDate": "2019-05-06"}
    """)
precondition(
  rows == [
    [.string("1"), .string("Ashdown"), .bool(true)], [.string("2"), .null, .bool(false)],
  ])
for row in rows { print(row) }
