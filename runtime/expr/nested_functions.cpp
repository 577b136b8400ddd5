// Constructors of ARRAY, MAP and ROW, and what reads them: x[i], x.f, CARDINALITY, ELEMENT.
#include <array>

#include "runtime/expr/nested.hpp"

namespace millrace::expr {

namespace {

// --- constructors
// --------------------------------------------------------------------------------------------

// The type all of args[first], args[first + step], ... have in common; false: none.
bool common_of(std::span<const ExprPtr> args, std::size_t first, std::size_t step,
               LogicalType& out) {
  out = args[first]->type;
  for (std::size_t i = first + step; i < args.size(); i += step) {
    if (!data::common_type(out, args[i]->type, out)) return false;
  }
  return true;
}

Result<Signature> infer_array(std::span<const ExprPtr> args) {
  if (args.empty()) return Error(ErrorCode::validation, "Require at least 1 argument");
  LogicalType element;
  if (!common_of(args, 0, 1, element)) {
    return Error(ErrorCode::validation, "Parameters must be of the same type");
  }
  return Signature{std::vector<LogicalType>(args.size(), element),
                   LogicalType::array(element).not_null()};
}

Result<Signature> infer_map(std::span<const ExprPtr> args) {
  if (args.empty()) return Error(ErrorCode::validation, "Map requires at least 2 arguments");
  if (args.size() % 2 != 0) {
    return Error(ErrorCode::validation, "Map requires an even number of arguments");
  }
  LogicalType key;
  LogicalType value;
  if (!common_of(args, 0, 2, key) || !common_of(args, 1, 2, value)) {
    return Error(ErrorCode::validation, "Parameters must be of the same type");
  }
  Signature signature{{}, LogicalType::map(key, value).not_null()};
  for (std::size_t i = 0; i < args.size(); ++i) {
    signature.args.push_back(i % 2 == 0 ? key : value);
  }
  return signature;
}

Result<Signature> infer_row(std::span<const ExprPtr> args) {
  Signature signature;
  std::vector<data::NestedField> fields;
  for (std::size_t i = 0; i < args.size(); ++i) {
    signature.args.push_back(args[i]->type);
    fields.push_back({"EXPR$" + std::to_string(i), args[i]->type});
  }
  signature.result = LogicalType::row(std::move(fields)).not_null();
  return signature;
}

Result<Column> construct(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context&) {
  return build_nested(call.type, {}, rows, [&](std::size_t row, NestedBuilder& out) {
    for (const ColumnPtr& arg : args) out.add(*arg, row);
    return true;
  });
}

// Of equal keys the last value counts.
Result<Column> construct_map(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                             Context&) {
  NestedBuilder cells;
  return build_nested(call.type, {}, rows, [&](std::size_t row, NestedBuilder& out) {
    for (const ColumnPtr& arg : args) cells.add(*arg, row);
    const std::string all = cells.take();
    const NestedView view(all);
    MapEntries entries;
    for (std::size_t i = 0; i + 1 < view.size(); i += 2) entries.put(view, i, view, i + 1);
    entries.write(out);
    return true;
  });
}

// --- x[i]
// ----------------------------------------------------------------------------------------------------

// One cell a row out of nested ones: pick(row, view) says which, or none.
constexpr std::size_t none = static_cast<std::size_t>(-1);

template <class Pick>
Column pick_cells(const LogicalType& type, std::span<const ColumnPtr> args, std::size_t rows,
                  Pick&& pick) {
  Column out(type);
  out.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t at = none;
    if (!args[0]->is_null(row)) {
      const NestedView view = view_at(*args[0], row);
      at = pick(row, view);
      if (at != none) data::append_nested(out, view, at);
    }
    if (at == none) out.append_null();
  }
  out.keep_alive_with(*args[0]);
  return out;
}

Result<Column> array_item(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  return pick_cells(call.type, args, rows, [&](std::size_t row, const NestedView& view) {
    if (args[1]->is_null(row)) return none;
    const std::int64_t index = args[1]->at<std::int64_t>(row);
    return index < 1 || static_cast<std::uint64_t>(index) > view.size()
               ? none
               : static_cast<std::size_t>(index - 1);
  });
}

Result<Column> map_item(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  std::string key;
  return pick_cells(call.type, args, rows, [&](std::size_t row, const NestedView& view) {
    const bool null = args[1]->is_null(row);
    key.clear();
    if (!null) data::append_cell_bytes(key, *args[1], row);
    for (std::size_t i = 0; i < view.size(); i += 2) {
      if (view.is_null(i) == null && view.bytes(i) == key) return i + 1;
    }
    return none;
  });
}

Result<Column> row_item(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  const std::size_t field = static_cast<std::size_t>(literal_int(*call.args[1]).value_or(1) - 1);
  Column out = *data::nested_field(args[0], field, rows);
  out.set_type(call.type);
  return out;
}

Result<Signature> infer_item(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  if (type.is(TypeKind::array)) {
    if (!args[1]->type.is_integer() && !args[1]->type.is(TypeKind::null)) return no_match();
    if (const auto index = literal_int(*args[1]); index && *index < 1) {
      return Error(ErrorCode::validation,
                   "Array element access needs an index starting at 1 but was " +
                       std::to_string(*index) + ".");
    }
    return Signature{{type, args[1]->type.is_integer() ? args[1]->type : LogicalType::integer()},
                     part_type(type).with_nullable(true),
                     array_item};
  }
  if (type.is(TypeKind::map)) {
    LogicalType common;
    if (!data::common_type(part_type(type), args[1]->type, common)) return no_match();
    return Signature{{type, part_type(type).with_nullable(true)},
                     part_type(type, 1).with_nullable(true),
                     map_item};
  }
  if (type.is(TypeKind::row)) {
    const auto index = literal_int(*args[1]);
    if (!index || *index < 1 || static_cast<std::uint64_t>(*index) > type.fields().size()) {
      return no_match();
    }
    const LogicalType& field = part_type(type, static_cast<std::size_t>(*index - 1));
    return Signature{
        {type, args[1]->type}, field.with_nullable(field.nullable() || type.nullable()), row_item};
  }
  return no_match();
}

// --- x.f
// -----------------------------------------------------------------------------------------------------

std::optional<std::size_t> field_named(const LogicalType& type, std::string_view name) {
  const std::span<const data::NestedField> fields = type.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
  }
  return std::nullopt;
}

Result<Signature> infer_dot(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  const std::string name = literal_string(*args[1]).value_or("");
  if (!type.is(TypeKind::row)) {
    return Error(ErrorCode::validation, "Incompatible types");
  }
  const auto field = field_named(type, name);
  if (!field) return Error(ErrorCode::validation, "Unknown field '" + name + "'");
  // The field's own type, as Flink has it, even of a row that may be NULL.
  return Signature{{type, args[1]->type}, part_type(type, *field)};
}

Result<Column> dot(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  const std::string name = literal_string(*call.args[1]).value_or("");
  Column out =
      *data::nested_field(args[0], field_named(call.args[0]->type, name).value_or(0), rows);
  out.set_type(call.type);
  return out;
}

// --- CARDINALITY, ELEMENT
// ------------------------------------------------------------------------------------

Result<Signature> infer_cardinality(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  if (!type.is_nested() || type.is(TypeKind::row)) return no_match();
  return Signature{{type}, nullable_as(LogicalType::integer(), args)};
}

Result<Column> cardinality(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  const LogicalType& type = args[0]->type();
  const std::size_t step = type.fields().size();
  if (type.is(TypeKind::multiset)) {
    return map_rows<std::string_view>(call.type, args, rows, [](std::string_view cell) {
      const NestedView view(cell);
      std::int64_t sum = 0;
      for (std::size_t i = 1; i < view.size(); i += 2) {
        std::int64_t count = 0;
        std::memcpy(&count, view.bytes(i).data(), sizeof(count));
        sum += count;
      }
      return sum;
    });
  }
  return map_rows<std::string_view>(call.type, args, rows, [step](std::string_view cell) {
    return static_cast<std::int64_t>(NestedView(cell).size() / step);
  });
}

Result<Signature> infer_element(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  if (!type.is(TypeKind::array) && !type.is(TypeKind::multiset)) return no_match();
  return Signature{{type},
                   part_type(type).with_nullable(part_type(type).nullable() || type.nullable())};
}

Result<Column> element(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  const std::size_t step = args[0]->type().fields().size();
  bool several = false;
  Column out = pick_cells(call.type, args, rows, [&](std::size_t, const NestedView& view) {
    several = several || view.size() > step;
    return view.size() == step ? std::size_t{0} : none;
  });
  if (several) return runtime_error("Array has more than one element.");
  return out;
}

constexpr std::array functions = {
    Function{.name = "ARRAY",
             .min_args = 0,
             .max_args = -1,
             .infer = infer_array,
             .kernel = construct,
             .forms = "ARRAY[<ANY>, ...]"},
    Function{.name = "MAP",
             .min_args = 0,
             .max_args = -1,
             .infer = infer_map,
             .kernel = construct_map,
             .forms = "MAP[<ANY>, <ANY>, ...]"},
    Function{.name = "ROW",
             .min_args = 0,
             .max_args = -1,
             .infer = infer_row,
             .kernel = construct,
             .forms = "ROW(<ANY>, ...)"},
    Function{.name = "ITEM",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_item,
             .forms = "<ARRAY>[<INTEGER>]\n<MAP>[<ANY>]\n<ROW>[<CHARACTER>|<INTEGER>]"},
    Function{.name = "DOT",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_dot,
             .kernel = dot,
             .forms = "<ROW>.<FIELD>"},
    Function{.name = "CARDINALITY",
             .min_args = 1,
             .max_args = 1,
             .infer = infer_cardinality,
             .kernel = cardinality,
             .forms = "CARDINALITY(<MULTISET>)'\n'CARDINALITY(<ARRAY>)'\n'CARDINALITY(<MAP>)"},
    Function{.name = "ELEMENT",
             .min_args = 1,
             .max_args = 1,
             .infer = infer_element,
             .kernel = element,
             .forms = "ELEMENT(<MULTISET>)'\n'ELEMENT(<ARRAY>)",
             .can_fail = true},
};

}  // namespace

std::span<const Function> nested_functions() {
  return functions;
}

}  // namespace millrace::expr
