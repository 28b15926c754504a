import strawberry

from resolvers.training import certificates
from schema.declare import field, root
from schema.scalars import Date


@strawberry.type(description="A certificate of hours (学时证书), for time that was really spent.")
class Certificate:
    number: str = field(
        "Twelve letters and digits (证书编号), made from the record under the server's key. After a correction of the "
        "record it is another one.",
        certificates.number,
    )
    issued_on: Date = field("The day on which the course was completed (发证日期).")
    title: str = field("The course (课程).")
    hours: float = field("Hours (学时).")
    holder: str = field("Who took it (姓名).")


@strawberry.type(
    description="What verifying a certificate comes to (证书核验); nothing more when it is not valid."
)
class CertificateCheck:
    is_valid: bool = field("Whether the record stands as the certificate says (是否有效).")
    title: str | None = field("The course (课程).")
    hours: float | None = field("Hours (学时).")
    issued_on: Date | None = field("The day of the certificate (发证日期).")
    holder: str | None = field("The first character of the holder's name (持有人): 任**.")


@strawberry.type
class CertificateQuery:
    @root(
        "Whether a certificate's number belongs to the record (证书核验). Open to everybody, since who verifies a "
        "paper seldom has an account: who has the right number holds the paper.",
        certificates.verified,
    )
    def verify_certificate(self, record_id: strawberry.ID, number: str) -> CertificateCheck: ...
