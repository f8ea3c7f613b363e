"""The schemas of examinations. They are written down, because the classes belong to an extra that a service need not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.wire.schema import Schema

STRING: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
COUNT_OR_NULL: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
SOME_OBJECT: Final[Schema] = {"type": "object", "additionalProperties": True}
ANYTHING: Final[Schema] = {"description": "Any JSON value."}


def _document(description: str) -> Schema:
    return {"type": "string", "contentMediaType": "application/json", "description": description}


EXAMINATION_FORM: Final[Schema] = {
    "type": "object",
    "description": "The parts of the form.",
    "properties": {
        "order": _document("The case as far as it is known, as JSON. `evidence` may be left out."),
        "manifest": _document(
            "Who handed in what, when, for which lines, as JSON. By default, `manifest.json` among the files."
        ),
        "corrections": _document("What a person confirmed or corrected after an earlier examination, as JSON."),
        "files": {
            "type": "array",
            "description": "The files: one part each, all with this name; or one zip archive.",
            "items": {"type": "string", "format": "binary"},
            "minItems": 1,
        },
    },
    "required": ["order", "files"],
}


def examination_schemas() -> Mapping[str, Schema]:
    """The schemas by the names of their components."""
    place = _or_null(_ref("PlaceInFile"))
    return {
        "Examination": _object(
            "A case with the evidence of some files, and what was read in them.",
            case=_ref("Case"),
            report=_ref("ExaminationReport"),
        ),
        "ExaminationReport": _object(
            "What was read in which file.",
            policy=STRING | {"description": "The policy of the case."},
            prepared_by=STRING | {"description": "Whose word the manifest is."},
            confirmed_by=TEXT_OR_NULL | {"description": "Whose word the corrections are."},
            isolation=_object(
                "What the system guarantees while a file is read.",
                network={"enum": ["namespace", "python"], "type": "string"},
                files={"enum": ["landlock", "none"], "type": "string"},
            ),
            items=_list(_ref("ExaminedItem")),
            files=_list(_ref("ExaminedFile")),
            problems=_list(_ref("FileProblem")),
        ),
        "ExaminedItem": _object(
            "A piece of evidence. If required fields are missing, it is in the case as `other`.",
            id=STRING,
            kind=STRING,
            files=_list(STRING),
            facts=_list(_ref("EvidenceFact")),
            remarks=_list(_ref("EvidenceRemark")),
            suggestions=_list(_ref("EvidenceSuggestion")),
            missing=_list(STRING),
        ),
        "EvidenceFact": _object(
            "A field of the evidence, and where its value comes from.",
            field=STRING,
            value=ANYTHING,
            source={"type": "string", "enum": ["stated", "read", "compared", "confirmed"]},
            file=TEXT_OR_NULL,
            method=TEXT_OR_NULL,
            place=place,
        ),
        "EvidenceRemark": _object(
            "Something for a person to look at. It changes nothing in the case.",
            code=STRING,
            file=TEXT_OR_NULL,
            params=SOME_OBJECT,
        ),
        "EvidenceSuggestion": _object(
            "A value that a field may have. It is not in the case.",
            field=STRING,
            value=ANYTHING,
            file=STRING,
            method=STRING,
            place=place,
        ),
        "ExaminedFile": _object(
            "A file, and the evidence that it belongs to.",
            name=STRING,
            sha256=STRING,
            size=COUNT,
            items=_list(STRING),
            reading=_ref("FileReading"),
        ),
        "FileReading": _object(
            "Everything that was read in a file.",
            media_type=STRING,
            width=COUNT_OR_NULL,
            height=COUNT_OR_NULL,
            pages=COUNT_OR_NULL,
            readings=_list(
                _object(
                    "One thing that was read.",
                    what=STRING,
                    value=STRING,
                    method=STRING,
                    place=place,
                    details=SOME_OBJECT,
                )
            ),
            problems=_list(_ref("FileProblem")),
            preview=TEXT_OR_NULL,
            page_pictures=_list(SOME_OBJECT),
        ),
        "FileProblem": _object("Something that was not read, and why.", code=STRING, params=SOME_OBJECT),
        "PlaceInFile": _object(
            "A page, counted from 1; the corners of an area, in pixels of the upright picture.",
            page=COUNT_OR_NULL,
            polygon=_list({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}),
        ),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _object(description: str, /, **properties: Schema) -> Schema:
    """An output object with all its properties. More may be added later."""
    return {"type": "object", "description": description, "properties": properties, "required": [*properties]}
