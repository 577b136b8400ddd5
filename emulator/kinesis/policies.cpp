#include "emulator/kinesis/policies.hpp"

#include <algorithm>
#include <array>

#include "common/json/json.hpp"
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {
namespace {

using wire::Kind;
using wire::Value;

constexpr std::size_t most_bytes = 20'480;

// An account, a role or user by ARN or by unique id, or everybody.
const wire::Pattern aws_principal{
    "\\*|\\d{12}|arn:aws[a-z-]*:(iam|sts)::\\d{12}:\\S+|A[A-Z0-9]{15,127}"};
const wire::Pattern kinesis_action{"\\*|[kK][iI][nN][eE][sS][iI][sS]:[a-zA-Z0-9*?]+"};

// Where something stands in the policy: "Statement 2: Principal".
using Place = std::string;

base::Error invalid(const Place& place, const std::string& what) {
  return invalid_argument("Policy is not valid: " + (place.empty() ? "" : place + ": ") + what);
}

template <std::size_t size>
base::Status only(const Value& map, const std::array<std::string_view, size>& known,
                  const Place& place) {
  for (const auto& member : map.as_map()) {
    if (std::find(known.begin(), known.end(), member.name) == known.end()) {
      return invalid(place, "unknown element " + std::string{member.name} + ".");
    }
  }
  return base::success();
}

// A text or a list of texts, not empty, each of which passes `check` (called with the text).
template <class F>
base::Status each_text(const Value& value, const Place& place, F&& check) {
  if (value.kind() == Kind::text) return check(value.as_text());
  if (value.kind() != Kind::list || value.as_list().empty()) {
    return invalid(place, "a text or a list of texts is expected.");
  }
  for (const auto& item : value.as_list()) {
    if (item.kind() != Kind::text) return invalid(place, "a list of texts is expected.");
    BOOST_OUTCOME_TRY(check(item.as_text()));
  }
  return base::success();
}

base::Status check_principal(const Value& value, const Place& place) {
  if (value.kind() == Kind::text && value.as_text() == "*") return base::success();
  if (value.kind() != Kind::map || value.as_map().empty()) {
    return invalid(place, R"("*" or an object such as {"AWS": "123456789012"} is expected.)");
  }
  constexpr std::array<std::string_view, 4> kinds = {"AWS", "Service", "Federated",
                                                     "CanonicalUser"};
  BOOST_OUTCOME_TRY(only(value, kinds, place));
  for (const auto& member : value.as_map()) {
    const auto where = place + "." + std::string{member.name};
    const bool aws = member.name == "AWS";
    BOOST_OUTCOME_TRY(each_text(member.value, where, [&](std::string_view who) {
      if (!who.empty() && (!aws || aws_principal.matches(who))) return base::success();
      return base::Status{invalid(where, "invalid principal '" + std::string{who} + "'.")};
    }));
  }
  return base::success();
}

base::Status check_action(const Value& value, const Place& place) {
  return each_text(value, place, [&](std::string_view action) {
    if (kinesis_action.matches(action)) return base::success();
    return base::Status{invalid(place, "'" + std::string{action} + "' is no action of Kinesis.")};
  });
}

base::Status check_resource(const Value& value, const Place& place) {
  return each_text(value, place, [&](std::string_view resource) {
    if (resource == "*" || resource.starts_with("arn:")) return base::success();
    return base::Status{invalid(place, "'" + std::string{resource} + "' is no ARN.")};
  });
}

// {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
base::Status check_condition(const Value& value, const Place& place) {
  if (value.kind() != Kind::map) return invalid(place, "an object is expected.");
  for (const auto& test : value.as_map()) {
    const auto where = place + "." + std::string{test.name};
    if (test.value.kind() != Kind::map) return invalid(where, "an object is expected.");
    for (const auto& key : test.value.as_map()) {
      const auto is_scalar = [](const Value& one) {
        return one.kind() == Kind::text || one.kind() == Kind::boolean || one.is_number();
      };
      const bool fits = is_scalar(key.value) || (key.value.kind() == Kind::list &&
                                                 std::all_of(key.value.as_list().begin(),
                                                             key.value.as_list().end(), is_scalar));
      if (!fits)
        return invalid(where + "." + std::string{key.name}, "a value or a list is expected.");
    }
  }
  return base::success();
}

// One of an element and its opposite, Action or NotAction, checked by `check`.
template <class F>
base::Status one_of(const Value& statement, const std::string& name, const Place& place,
                    F&& check) {
  const auto& plain = statement[name];
  const auto& opposite = statement["Not" + name];
  if (plain.is_null() == opposite.is_null()) {
    return invalid(place, plain.is_null() ? name + " is missing."
                                          : name + " and Not" + name + " exclude each other.");
  }
  return plain.is_null() ? check(opposite, place + ": Not" + name)
                         : check(plain, place + ": " + name);
}

base::Status check_statement(const Value& statement, const Place& place) {
  if (statement.kind() != Kind::map) return invalid(place, "an object is expected.");
  constexpr std::array<std::string_view, 9> known = {"Sid",          "Effect",      "Principal",
                                                     "NotPrincipal", "Action",      "NotAction",
                                                     "Resource",     "NotResource", "Condition"};
  BOOST_OUTCOME_TRY(only(statement, known, place));
  const auto& sid = statement["Sid"];
  if (!sid.is_null() && sid.kind() != Kind::text) return invalid(place, "Sid must be a text.");
  const auto& effect = statement["Effect"];
  if (effect.kind() != Kind::text || (effect.as_text() != "Allow" && effect.as_text() != "Deny")) {
    return invalid(place, "Effect must be Allow or Deny.");
  }
  BOOST_OUTCOME_TRY(one_of(statement, "Principal", place, check_principal));
  BOOST_OUTCOME_TRY(one_of(statement, "Action", place, check_action));
  BOOST_OUTCOME_TRY(one_of(statement, "Resource", place, check_resource));
  if (statement["Condition"].is_null()) return base::success();
  return check_condition(statement["Condition"], place + ": Condition");
}

}  // namespace

base::Status check_policy(std::string_view text) {
  if (text.size() > most_bytes) {
    return invalid("", "it has " + std::to_string(text.size()) + " bytes, more than the " +
                           std::to_string(most_bytes) + " allowed.");
  }
  const auto parsed = json::parse(std::string{text});
  if (!parsed) return invalid("", "it is no JSON: " + parsed.error().message());
  const auto& root = parsed.value()->root();
  if (root.kind() != Kind::map) return invalid("", "a JSON object is expected.");
  constexpr std::array<std::string_view, 3> known = {"Version", "Id", "Statement"};
  BOOST_OUTCOME_TRY(only(root, known, ""));
  const auto& version = root["Version"];
  if (!version.is_null() && (version.kind() != Kind::text || (version.as_text() != "2012-10-17" &&
                                                              version.as_text() != "2008-10-17"))) {
    return invalid("", "Version must be 2012-10-17 or 2008-10-17.");
  }
  const auto& id = root["Id"];
  if (!id.is_null() && id.kind() != Kind::text) return invalid("", "Id must be a text.");
  const auto& statement = root["Statement"];
  if (statement.kind() == Kind::map) return check_statement(statement, "Statement 1");
  if (statement.kind() != Kind::list || statement.as_list().empty()) {
    return invalid("", "Statement must be an object or a list of objects.");
  }
  for (std::size_t i = 0; i < statement.as_list().size(); ++i) {
    BOOST_OUTCOME_TRY(
        check_statement(statement.as_list()[i], "Statement " + std::to_string(i + 1)));
  }
  return base::success();
}

base::Result<Target> find_policy_target(const Context& context, const ResourceRef& ref) {
  BOOST_OUTCOME_TRY(const auto target, find_target(context, ref));
  if (target.resource != nullptr && target.resource->kind == engine::ResourceKind::channel) {
    return invalid_argument("Resource " + std::string{*ref.resource_arn} +
                            " is a channel: only streams, consumers and queues have a policy.");
  }
  return target;
}

}  // namespace millrace::kinesis
