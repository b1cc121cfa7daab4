import ArgumentParser

struct Link: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Link the records of files that are about the same people.",
    discussion: """
      MODEL says what the columns hold; comparisons, blocking rules and the rest follow from that, and \
      --explain prints them. Inputs are CSV or Parquet. One file is searched for people who are in it \
      twice; several are linked with each other. docs/linkage.md explains the method, and when not to \
      trust it. A model, in full:

        id: patient_number
        link: {within: false, between: true, one_to_one: true}
        fields:
          first_name: forename
          surname: surname
          dob: date_of_birth
          sex: sex
          address: {kind: address, columns: [street, postcode]}
          nhs_number: nhs_number

      Written to the folder: links (pairs of records with weight, probability and the level of each \
      comparison), clusters (the person of each record) and model.json, which can be given in MODEL's \
      place to link by it without learning anew. Examples:

        kith link model.yaml patients.csv tenants.csv --output linked
        kith link model.yaml register.parquet --output linked --csv
        kith link linked/model.json new.csv tenants.csv --output linked-again
        kith link model.yaml a.csv b.csv --output linked --truth person_id --report
        kith link --explain model.yaml
        kith link review model.yaml a.csv b.csv --output pairs.csv
        kith link decide anna.csv bert.csv --output decisions.csv
        kith link model.yaml a.csv b.csv --output linked --decisions decisions.csv
        kith link encode model.yaml a.csv --key shared.key --output a-encoded.csv
      """,
    subcommands: [LinkFiles.self, LinkReview.self, LinkDecide.self, LinkEncode.self],
    defaultSubcommand: LinkFiles.self)
}
