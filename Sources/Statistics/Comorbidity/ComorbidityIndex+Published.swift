extension ComorbidityIndex {
  /// Charlson's 17 comorbidities.
  public static let charlson = ComorbidityIndex(
    id: "charlson",
    comorbidities: [
      Comorbidity(
        id: "mi", title: "Myocardial infarction",
        codes: "I21 I22 I252"),
      Comorbidity(
        id: "chf", title: "Congestive heart failure",
        codes: "I099 I110 I130 I132 I255 I420 I425-I429 I43 I50 P290"),
      Comorbidity(
        id: "pvd", title: "Peripheral vascular disease",
        codes: "I70 I71 I731 I738 I739 I771 I790 I792 K551 K558 K559 Z958 Z959"),
      Comorbidity(
        id: "cevd", title: "Cerebrovascular disease",
        codes: "G45 G46 H340 I60-I69"),
      Comorbidity(
        id: "dementia", title: "Dementia",
        codes: "F00-F03 F051 G30 G311"),
      Comorbidity(
        id: "cpd", title: "Chronic pulmonary disease",
        codes: "I278 I279 J40-J47 J60-J67 J684 J701 J703"),
      Comorbidity(
        id: "rheumd", title: "Rheumatoid disease",
        codes: "M05 M06 M315 M32-M34 M351 M353 M360"),
      Comorbidity(
        id: "pud", title: "Peptic ulcer disease",
        codes: "K25-K28"),
      Comorbidity(
        id: "mld", title: "Mild liver disease",
        codes: "B18 K700-K703 K709 K713-K715 K717 K73 K74 K760 K762-K764 K768 K769 Z944"),
      Comorbidity(
        id: "diab", title: "Diabetes without chronic complications",
        codes:
          "E100 E101 E106 E108-E111 E116 E118-E121 E126 E128-E131 E136 E138-E141 E146 E148 E149"),
      Comorbidity(
        id: "diabwc", title: "Diabetes with chronic complications",
        codes: "E102-E105 E107 E112-E115 E117 E122-E125 E127 E132-E135 E137 E142-E145 E147"),
      Comorbidity(
        id: "hp", title: "Hemiplegia or paraplegia",
        codes: "G041 G114 G801 G802 G81 G82 G830-G834 G839"),
      Comorbidity(
        id: "rend", title: "Renal disease",
        codes: "I120 I131 N032-N037 N052-N057 N18 N19 N250 Z490-Z492 Z940 Z992"),
      Comorbidity(
        id: "canc", title: "Any malignancy",
        codes: "C00-C26 C30-C34 C37-C41 C43 C45-C58 C60-C76 C81-C85 C88 C90-C97"),
      Comorbidity(
        id: "msld", title: "Moderate or severe liver disease",
        codes: "I850 I859 I864 I982 K704 K711 K721 K729 K765-K767"),
      Comorbidity(
        id: "metacanc", title: "Metastatic solid tumour",
        codes: "C77-C80"),
      Comorbidity(
        id: "aids", title: "AIDS or HIV",
        codes: "B20-B22 B24"),
    ],
    hierarchy: [("mld", "msld"), ("diab", "diabwc"), ("canc", "metacanc")])

  /// Elixhauser's 31 comorbidities.
  public static let elixhauser = ComorbidityIndex(
    id: "elixhauser",
    comorbidities: [
      Comorbidity(
        id: "chf", title: "Congestive heart failure",
        codes: "I099 I110 I130 I132 I255 I420 I425-I429 I43 I50 P290"),
      Comorbidity(
        id: "carit", title: "Cardiac arrhythmias",
        codes: "I441-I443 I456 I459 I47-I49 R000 R001 R008 T821 Z450 Z950"),
      Comorbidity(
        id: "valv", title: "Valvular disease",
        codes: "A520 I05-I08 I091 I098 I34-I39 Q230-Q233 Z952-Z954"),
      Comorbidity(
        id: "pcd", title: "Pulmonary circulation disorders",
        codes: "I26 I27 I280 I288 I289"),
      Comorbidity(
        id: "pvd", title: "Peripheral vascular disorders",
        codes: "I70 I71 I731 I738 I739 I771 I790 I792 K551 K558 K559 Z958 Z959"),
      Comorbidity(
        id: "hypunc", title: "Hypertension, uncomplicated",
        codes: "I10"),
      Comorbidity(
        id: "hypc", title: "Hypertension, complicated",
        codes: "I11-I13 I15"),
      Comorbidity(
        id: "para", title: "Paralysis",
        codes: "G041 G114 G801 G802 G81 G82 G830-G834 G839"),
      Comorbidity(
        id: "ond", title: "Other neurological disorders",
        codes: "G10-G13 G20-G22 G254 G255 G312 G318 G319 G32 G35-G37 G40 G41 G931 G934 R470 R56"),
      Comorbidity(
        id: "cpd", title: "Chronic pulmonary disease",
        codes: "I278 I279 J40-J47 J60-J67 J684 J701 J703"),
      Comorbidity(
        id: "diabunc", title: "Diabetes, uncomplicated",
        codes: "E100 E101 E109-E111 E119-E121 E129-E131 E139-E141 E149"),
      Comorbidity(
        id: "diabc", title: "Diabetes, complicated",
        codes: "E102-E108 E112-E118 E122-E128 E132-E138 E142-E148"),
      Comorbidity(
        id: "hypothy", title: "Hypothyroidism",
        codes: "E00-E03 E890"),
      Comorbidity(
        id: "rf", title: "Renal failure",
        codes: "I120 I131 N18 N19 N250 Z490-Z492 Z940 Z992"),
      Comorbidity(
        id: "ld", title: "Liver disease",
        codes: "B18 I85 I864 I982 K70 K711 K713-K715 K717 K72-K74 K760 K762-K769 Z944"),
      Comorbidity(
        id: "pud", title: "Peptic ulcer disease without bleeding",
        codes: "K257 K259 K267 K269 K277 K279 K287 K289"),
      Comorbidity(
        id: "aids", title: "AIDS or HIV",
        codes: "B20-B22 B24"),
      Comorbidity(
        id: "lymph", title: "Lymphoma",
        codes: "C81-C85 C88 C96 C900 C902"),
      Comorbidity(
        id: "metacanc", title: "Metastatic cancer",
        codes: "C77-C80"),
      Comorbidity(
        id: "solidtum", title: "Solid tumour without metastasis",
        codes: "C00-C26 C30-C34 C37-C41 C43 C45-C58 C60-C76 C97"),
      Comorbidity(
        id: "rheumd", title: "Rheumatoid arthritis or collagen vascular disease",
        codes: "L940 L941 L943 M05 M06 M08 M120 M123 M30 M310-M313 M32-M35 M45 M461 M468 M469"),
      Comorbidity(
        id: "coag", title: "Coagulopathy",
        codes: "D65-D68 D691 D693-D696"),
      Comorbidity(
        id: "obes", title: "Obesity",
        codes: "E66"),
      Comorbidity(
        id: "wloss", title: "Weight loss",
        codes: "E40-E46 R634 R64"),
      Comorbidity(
        id: "fed", title: "Fluid and electrolyte disorders",
        codes: "E222 E86 E87"),
      Comorbidity(
        id: "blane", title: "Blood loss anaemia",
        codes: "D500"),
      Comorbidity(
        id: "dane", title: "Deficiency anaemia",
        codes: "D508 D509 D51-D53"),
      Comorbidity(
        id: "alcohol", title: "Alcohol misuse",
        codes: "F10 E52 G621 I426 K292 K700 K703 K709 T51 Z502 Z714 Z721"),
      Comorbidity(
        id: "drug", title: "Drug misuse",
        codes: "F11-F16 F18 F19 Z715 Z722"),
      Comorbidity(
        id: "psycho", title: "Psychoses",
        codes: "F20 F22-F25 F28 F29 F302 F312 F315"),
      Comorbidity(
        id: "depre", title: "Depression",
        codes: "F204 F313-F315 F32 F33 F341 F412 F432"),
    ],
    hierarchy: [("hypunc", "hypc"), ("diabunc", "diabc"), ("solidtum", "metacanc")])
}
