"""A template printed as a sample, with invented data or with those of a certificate. Touches no table and no clock."""

from __future__ import annotations

from datetime import date

from qzcompete.adapters.images import portrait
from qzcompete.certificates.documents import NO_EXTRAS, Extras, render_certificates
from qzcompete.certificates.rules.design import FIELDS, Design
from qzcompete.certificates.rules.text import CertificateText

VERIFY = "https://example.cn/V/SAMPLE234567SAMPLE234567SA"
GRADE_FACTS = (
    ("姓名", FIELDS["name"]),
    ("证件类型", "居民身份证"),
    ("证件号码", "45070219900101001X"),
    ("职业名称", FIELDS["occupation"]),
    ("工种/职业方向", "--"),
    ("职业技能等级", FIELDS["level"]),
    ("证书编号", "S000045070001263000001"),
)
NAMES = {
    "plaque": "韦梅静坭兴陶技能大师工作室",
    "letter": "钦州市公共实训基地",
    "institution": "灵山县代表队",
}
AWARDS = {"plaque": "钦州市技能大师工作室", "institution": "优秀组织奖", "instructor": "优秀指导教师"}


def preview(
    design: Design, day: date, real: CertificateText | None = None, extras: Extras = NO_EXTRAS
) -> bytes:
    text = real or invented(design, day)
    (content,) = render_certificates([text], design, extras=extras, sample=True)
    return content


def invented(design: Design, day: date) -> CertificateText:
    grade = design.kind == "grade"
    return CertificateText(
        number=FIELDS["number"],
        name=NAMES.get(design.kind, FIELDS["name"]),
        competition=FIELDS["competition"],
        event=FIELDS["event"],
        award=AWARDS.get(design.kind, FIELDS["award"]),
        committee="钦州市坭兴陶行业协会" if grade else FIELDS["committee"],
        issued_on=day,
        verify_url=VERIFY,
        unit=FIELDS["unit"],
        honorific=design.honorific,
        instructor=FIELDS["instructor"],
        total=FIELDS["total"],
        place=1,
        occupation=FIELDS["occupation"],
        level=FIELDS["level"],
        text="一等奖" if design.kind == "instructor" else "",
        facts=GRADE_FACTS if grade else (),
        photo=blank_photo() if grade else None,
    )


def blank_photo() -> bytes:
    """A plain grey sheet where the photo will be."""
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (413, 579), (222, 226, 232)).save(made, "JPEG")
    return portrait(made.getvalue())
