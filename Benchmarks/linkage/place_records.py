"""Gathers who the records of a synthetic place are about, one file a source, with the truth beside.

    python place_records.py PLACE FOLDER

A row is what a source says of somebody, each different saying once: names, date of birth, sex, NHS number, address and
the source's own number for the person, after what tells it from another source's. `person` is the truth.
"""

import pathlib
import sys

import duckdb

place, folder = map(pathlib.Path, sys.argv[1:3])
folder.mkdir(parents=True, exist_ok=True)
con = duckdb.connect()
con.execute("set threads = 2")


def csv(source, name):
    return f"read_csv('{place}/extracts/{source}/*/{name}.csv.zst', header = true, all_varchar = true, union_by_name = true, ignore_errors = true, nullstr = ['', 'NULL'])"


def truth(source):
    return f"read_csv('{place}/truth/records/{source}.csv.zst', header = true, all_varchar = true)"


def write(name, sql):
    con.execute(f"""
        copy (
            select '{name}' || row_number() over (order by own, given, family, dob, sex, nhs_number, street, postcode) as unique_id,
                * replace ('{name}/' || own as own)
            from (select distinct * from ({sql})) where person is not null)
        to '{folder}/{name}.parquet' (format parquet)""")
    rows, people = con.execute(f"select count(*), count(distinct person) from '{folder}/{name}.parquet'").fetchone()
    print(f"{name}: {rows} rows of {people} people", flush=True)


write("gp", f"""
    select r.id as own, r.name[1].given[1] as given, r.name[1].family as family, r.birthDate as dob, r.gender as sex,
        list_filter(r.identifier, lambda i: i.system = 'https://fhir.nhs.uk/Id/nhs-number')[1].value as nhs_number,
        r.address[1].line[1] as street, r.address[1].postalCode as postcode, t.person::bigint as person
    from read_ndjson('{place}/extracts/gp/*/Patient.ndjson.zst', ignore_errors = true, columns = {{
            resourceType: 'varchar', id: 'varchar', name: 'struct(given varchar[], family varchar)[]', birthDate: 'varchar',
            gender: 'varchar', identifier: 'struct(system varchar, value varchar)[]',
            address: 'struct(line varchar[], postalCode varchar)[]'}}) r
        left join {truth('gp')} t on t.patient = r.id""")
hospital = []
for source, key in (("apc", "EPIKEY"), ("ecds", "EC_Ident"), ("outpatients", "ATTENDKEY")):
    columns = (
        "Local_Patient_Identifier, Date_Of_Birth, Sex, NHS_Number, Postcode"
        if source == "ecds"
        else "LOPATID, DOB, SEX, NHS_NUMBER, POSTCODE"
    ).split(", ")
    own, dob, sex, number, postcode = columns
    hospital.append(f"""
        select h.{own} as own, null::varchar as given, null::varchar as family, h.{dob} as dob, h.{sex} as sex,
            h.{number} as nhs_number, null::varchar as street, h.{postcode} as postcode, t.person::bigint as person
        from {csv(source, source)} h left join {truth(source)} t on t.record = h.{key}""")
write("hospital", " union all ".join(hospital))
write("housing", f"""
    select person_reference as own, first_name as given, surname as family, strftime(try_strptime(date_of_birth, '%d/%m/%Y'), '%Y-%m-%d') as dob,
        null::varchar as sex, nhs_number, address as street, postcode, t.person::bigint as person
    from {csv('housing', 'housing')} h left join {truth('housing')} t using (person_reference)""")
write("care", f"""
    select "LA Person Unique Identifier" as own, null::varchar as given, null::varchar as family,
        strftime(try_strptime("Date of Birth", '%d/%m/%Y'), '%Y-%m-%d') as dob, "Gender" as sex, "NHS Number" as nhs_number,
        null::varchar as street, "Postcode" as postcode, t.person::bigint as person
    from {csv('social-care', 'client-level-data')} h left join {truth('social-care')} t on h."Event Reference" = 'E' || t.record""")
write("voluntary", f"""
    select client_reference as own, first_name as given, last_name as family, date_of_birth as dob, null::varchar as sex, nhs_number,
        address as street, postcode, t.person::bigint as person
    from {csv('voluntary', 'contacts')} h left join {truth('voluntary')} t on t.record = h.contact_id""")
write("programmes", f"""
    select null::varchar as own, first_name as given, last_name as family, date_of_birth as dob, null::varchar as sex, nhs_number,
        address as street, postcode, t.person::bigint as person
    from {csv('programmes', 'roster')} h left join {truth('programmes')} t on t.record = h.entry_id""")
