extension Topic {
  /// How people call it when they ask: beginnings of words, or phrases; one that ends in a
  /// space stands whole. A list of Kith's own, to be added to.
  var words: [String] {
    switch self {
    case .housing: ["hous", "homeless", "tenan", "landlord", "rent ", "overcrowd"]
    case .warmHomes:
      ["damp", "mould", "mold", "cold home", "warm", "heating", "fuel poverty", "insulat"]
    case .money: ["money", "debt", "benefit", "poverty", "credit", "cost of living"]
    case .work: ["employ", "unemploy", "job ", "jobs", "workplace", "skills"]
    case .food: ["food", "cook", "hunger", "nutrition", "diet"]
    case .learning: ["learn", "school", "literacy", "educat", "teach", "train"]
    case .transport: ["transport", "bus ", "buses", "travel", "cycling"]
    case .environment: ["air quality", "pollution", "noise", "green space", "climate"]
    case .activity: ["physical activity", "exercise", "sport", "walking", "inactiv"]
    case .weight: ["weight", "obes", "bmi "]
    case .smoking: ["smok", "tobacco", "vap", "cigarette"]
    case .alcohol: ["alcohol", "drink"]
    case .drugs: ["drug", "substance", "opioid", "overdose"]
    case .sexualHealth: ["sexual", "hiv ", "contracept", "sti ", "stis "]
    case .loneliness: ["lonel", "isolat", "company", "befriend"]
    case .community: ["volunteer", "co-production", "engagement", "neighbourhood"]
    case .arts: ["art ", "arts", "artist", "music", "singing", "cultur", "theatre"]
    case .nature: ["garden", "nature", "allotment"]
    case .safety: ["abuse", "violen", "safeguard", "crime", "safety"]
    case .digital: ["digital", "online", "internet"]
    case .faith: ["faith", "mosque", "church", "religio", "spiritual"]
    case .newcomers: ["migrant", "refugee", "asylum", "interpret"]
    case .mentalHealth: ["mental", "depress", "anxiety", "suicid", "psych", "self-harm"]
    case .longTermConditions: ["long-term", "long term", "chronic", "multimorbid"]
    case .heart: ["heart", "cardio", "stroke", "hypertens", "blood pressure", "cholesterol"]
    case .diabetes: ["diabet", "insulin"]
    case .breathing: ["asthma", "copd", "breath", "lung", "respirat", "inhaler"]
    case .cancer: ["cancer", "oncolog", "tumour"]
    case .dementia: ["dementia", "alzheimer", "memory"]
    case .frailty: ["frail", "fall ", "falls", "falling"]
    case .disability: ["disab", "wheelchair", "autis", "learning difficult", "deaf", "blind"]
    case .pain: ["pain", "arthritis", "musculoskeletal", "back pain"]
    case .pregnancy: ["pregnan", "birth", "matern", "midwif", "breastfeed"]
    case .children: ["child", "famil", "early years", "baby", "babies", "parent"]
    case .youngPeople: ["young people", "youth", "teenage", "adolescen"]
    case .carers: ["carer", "caring for"]
    case .olderPeople: ["older", "elder", "pension", "ageing"]
    case .bereavement: ["bereave", "grief", "palliative", "end of life", "dying"]
    case .prevention: ["screening", "vaccin", "immunis", "health check", "prevent"]
    case .oralHealth: ["dentist", "dental", "teeth", "tooth", "oral"]
    }
  }
}
