// Built by ame_explore/widgets/js/build.js; sources: sha256 3b05efb442196b5f20378b517e3f1870d51980e649031eca507c7745dc4a1606
var y=()=>(performance.timeOrigin+performance.now())/1e3;var ot=.4,At=3,Et={f4:Float32Array,i4:Int32Array,u1:Uint8Array};function q(r,t){if(Array.isArray(r))return r.map(e=>q(e,
t));if(r===null||typeof r!="object")return r;if("buffer"in r&&"dtype"in r){let e=t[r.buffer],i=ArrayBuffer.isView(e)?e.buffer.
slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new Et[r.dtype](i),{shape:r.shape})}return Object.
fromEntries(Object.entries(r).map(([e,s])=>[e,q(s,t)]))}var B=class{constructor(t){this.model=t,this.page=Array.from({length:4},
()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,this.waiting=null,this.
oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.high=1/0,this.heardAt=
this.freshAt=y(),this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(e,s),t.on("msg:custom",this.onMessage),this.onVisible=
()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(()=>this.watch(),500)}close(){
clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),this.model.off("msg:custom",this.
onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.page,t:y()}),this.gone=!1}catch{
this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(i=>{t.seen=i[i.length-
1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,n]of Object.entries(this.kept))t.retained?.(
i,n);this.frame&&!(this.frame.moving&&this.age(this.frame)>ot)&&t.draw(this.frame);let s=this.there;return this.look(),s&&
this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){return Object.fromEntries(
Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.hidden&&t.some(n=>n.seen&&
n.el.isConnected),s=!t.some(n=>n.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&!this.there;[this.there,
this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=y(),this.tell(e?{type:"ready",have:this.have()}:{type:"away",left:s}))}watch(){
if(this.look(),!this.there)return;let t=y()-this.heardAt;t>(this.frame?.moving?1:4)&&y()-this.pingedAt>=1&&(this.pingedAt=
y(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||this.gone?t:0,this.gone)}receive(t,e=[]){
if(this.heardAt=y(),t.type==="hello"){let{page:i,t:n,time:h}=t;i===this.page&&(this.high=Math.min(this.high,h-n));return}
let s=q(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-y());let i=s.heard[this.page];i&&(this.high=Math.min(
this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-y(),1/0]);let n=this.waiting!==null;this.waiting=
s,n||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.views)i.retained?.(
t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.low+this.high)/2:this.
low;return Math.max(0,y()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)return;let e=y(),s=this.
age(t),i=s>ot,n=i&&e-this.freshAt<At;if(!n){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let h of this.views)try{
h.draw(t),h.late?.(i?s:0)}catch(l){console.error("ame_explore: a view could not be drawn",l)}this.drawMs=1e3*(y()-e)}this.
oldest=Math.max(this.oldest,n?0:s),!(!t.ask&&!n)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(n?s:this.oldest),stale:n}),this.
oldest=0)}};function rt(r){return()=>{let t;return{initialize({model:e}){return t=new B(e),()=>t.close()},render({el:e}){
let s=r(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var $t=new Set(["svg","path"]),at={text:"textContent",value:"value",checked:"checked"};function o(r,t={},...e){let s=$t.
has(r)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,r);i.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,h]of Object.entries(t))h==null||h===!1||(n.startsWith("on")?i.addEventListener(n.slice(
2),h):n in at?i[at[n]]=h:i.setAttribute(n,h===!0?"":String(h)));return i}function k(r,t){r.textContent!==t&&(r.textContent=
t)}function $(r,t){r.hidden===t&&(r.hidden=!t)}function L(){let r=document.body.dataset.jpThemeLight;return r!==void 0?r===
"false":document.body.classList.contains("vscode-dark")}var lt=r=>r.replaceAll("-","−");function It(r,t=3,{signed:e=!1}={}){if(typeof r!="number"||!Number.isFinite(r))return"–";if(r===0)return"0";let[s,i]=r.
toExponential(t-1).split("e"),n=t-1-Number(i),h=n>=-3&&n<=t+2?r.toFixed(Math.max(n,0)):`${s}e${Number(i)}`;return lt(e&&
r>0?`+${h}`:h)}function C(r){return r==null||r===""?"–":typeof r!="number"?String(r):Number.isInteger(r)&&Math.abs(r)<
1e6?lt(String(r)):It(r)}var Lt=r=>r===null?"":new Date(1e3*r).toISOString().slice(0,10),O=class{constructor(t){this.owner=t,this.chips=o("div",{
class:"ame-chips","data-testid":"chips","aria-live":"polite"}),this.window=o("div",{class:"ame-window",hidden:!0,role:"d\
ialog","data-testid":"filter-window"}),this.opener=null,this.window.addEventListener("keydown",e=>{e.stopPropagation(),e.
key==="Escape"&&this.close()})}draw(){let{shown:t}=this.owner.model,e=(t?.chips??[]).map(({words:s,count:i},n)=>o("span",
{class:"ame-chip"},o("span",{class:"ame-chip-words",title:s},s),o("b",{},i.toLocaleString("en")),o("button",{type:"butto\
n",title:"Remove this filter","aria-label":`Remove the filter ${s}`,onclick:()=>this.owner.send({type:"drop",place:n})},
"×")));e.length>1&&e.push(o("button",{type:"button",class:"ame-link",onclick:()=>this.owner.send({type:"clear"})},"remo\
ve all")),this.chips.replaceChildren(...e)}open(t,e){let s=this.owner.model.facts?.columns.find(c=>c.name===t);if(!s)return;
if(!this.window.hidden&&this.opener===e)return this.close();this.opener=e;let i=o("strong",{},`Show pairs by ${s.title}`),
n=s.kind==="number"||s.kind==="date"?this.range(s):s.kind==="category"?this.words(s):this.text(s);this.window.replaceChildren(
i,n),this.window.hidden=!1;let h=e.getBoundingClientRect(),l=this.owner.root.getBoundingClientRect();this.window.style.left=
`${Math.max(8,Math.min(h.left-l.left,l.width-330))}px`,this.window.style.top="",this.window.style.bottom=`${l.bottom-h.top+
6}px`,this.window.querySelector("input")?.focus()}close(){this.window.hidden=!0,this.opener?.focus(),this.opener=null}keep(t){
this.owner.send({type:"keep",condition:t}),this.close()}form(t,...e){return o("form",{onsubmit:s=>{s.preventDefault(),t()}},
...e,o("div",{class:"ame-row"},o("button",{type:"submit",class:"ame-button"},"Show these"),o("button",{type:"button",class:"\
ame-button",onclick:()=>this.close()},"Cancel")))}range(t){let e=t.kind==="date",s=(l,c)=>o("input",e?{type:"date","aria\
-label":l,value:Lt(c)}:{type:"number",step:"any","aria-label":l,placeholder:C(c)}),i=s("from",t.low),n=s("to",t.high),h=(l,c)=>l.
value===""?null:e?Date.parse(`${l.value}T00:00:00Z`)/1e3+c:Number(l.value);return this.form(()=>this.keep({kind:"between",
column:t.name,low:h(i,0),high:h(n,86399)}),o("div",{class:"ame-row"},"from",i,"to",n),e?null:o("div",{class:"ame-muted"},
`known values: ${C(t.low)} to ${C(t.high)}`))}words(t){let s=[...t.words,null].map((i,n)=>({word:i,box:o("input",{type:"\
checkbox"}),count:t.counts[n]}));return this.form(()=>{let i=s.filter(({box:n})=>n.checked).map(({word:n})=>n);i.length&&
this.keep({kind:"one of",column:t.name,values:i})},o("div",{class:"ame-choices"},...s.filter(({count:i})=>i>0).map(({word:i,
box:n,count:h})=>o("label",{},n,o("span",{},i??"unknown"),o("b",{},h.toLocaleString("en"))))))}text(t){let e=o("input",{
type:"text","aria-label":"words"});return this.form(()=>e.value.trim()&&this.keep({kind:"says",text:e.value,column:t.name}),
o("div",{class:"ame-row"},"says",e))}};var Pt=1;var U=new WeakMap,ht;function N(r){ht??=new ResizeObserver(l=>{for(let{target:c}of l)U.set(c,[c.clientWidth,c.clientHeight]),
c.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,Pt*(window.devicePixelRatio||1)),e=U.get(r);e||(ht.
observe(r),U.set(r,e=[r.clientWidth,r.clientHeight]));let[s,i]=e,[n,h]=[Math.round(s*t),Math.round(i*t)];return(r.width!==
n||r.height!==h)&&(r.width=n,r.height=h),{width:s,height:i,scale:t}}function I(r,t){return r.getContext("2d",t)}var H=({k:r,x0:t,y0:e},s,i)=>[s*r+t,e-i*r],X=({k:r,x0:t,y0:e},s,i)=>[(s-t)/r,(e-i)/r];function ft(r,t,e){let s=!1;for(let i=0,n=r.length-1;i<r.length;n=i++){let[h,l]=r[i],[c,a]=r[n];l>e!=a>e&&t<(c-h)*(e-l)/
(a-l)+h&&(s=!s)}return s}function V(r){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let n of r)for(let h=0;h<n.length;h+=2)t=Math.
min(t,n[h]),e=Math.max(e,n[h]),s=Math.min(s,n[h+1]),i=Math.max(i,n[h+1]);return t<e?[t,e,s,i]:null}var ct=18,dt=16;function ut(r,t,e=[]){
return e.push(...r.map(({x:s,y:i,side:n=ct})=>[s-n/2,i-n/2,n,n])),r.map(({x:s,y:i,width:n,side:h=ct})=>{let l=h/2,c=[[l+
3,0],[-l-3-n,0],[-n/2,-l-8],[-n/2,l+8],[l+1,-l-5],[l+1,l+5],[-l-1-n,-l-5],[-l-1-n,l+5]],a=([m,f])=>[s+m-2,i+f-dt/2,n+4,dt],
p=c.find(m=>{let[f,d,u,w]=a(m);return f>0&&d>0&&f+u<t.width&&d+w<t.height&&!e.some(g=>f<g[0]+g[2]&&g[0]<f+u&&d<g[1]+g[3]&&
g[1]<d+w)});return p&&e.push(a(p)),p??null})}function Tt(r,t,e,s,i){let n=a=>{r.beginPath(),a.forEach(([p,m],f)=>r[f?"lineTo":"moveTo"](e+p*i,s+m*i)),r.closePath()},
h=(a,p,m=1)=>Array.from({length:a},(f,d)=>{let u=p+2*Math.PI*d/a;return[m*Math.cos(u),m*Math.sin(u)]}),l=a=>[[-a,-1],[a,
-1],[a,-a],[1,-a],[1,a],[a,a],[a,1],[-a,1],[-a,a],[-1,a],[-1,-a],[-a,-a]];t==="circle"?(r.beginPath(),r.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(h(3,-Math.PI/2,1.15)):t==="triangle-down"?n(h(3,Math.PI/2,1.15)):t==="cross"?n(l(.38)):t==="x"?n(
(a=>a.map(([p,m])=>[(p-m)*Math.SQRT1_2,(p+m)*Math.SQRT1_2]))(l(.36))):t==="pentagon"?n(h(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(h(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(a,p)=>{
let m=-Math.PI/2+Math.PI*p/5,f=p%2?.48:1.15;return[f*Math.cos(m),f*Math.sin(m)]}))}var Ct={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function Ot(r,{shape:t,color:e,filled:s,halo:i,inside:n,edge:h=.55},l,c,a){let p=Ct[t];
if(!s&&p){r.lineCap="round";for(let{style:m,width:f}of[{style:i,width:(.2+h)*a},{style:e,width:Math.max(1.2,.32*a)}])if(m){
r.strokeStyle=m,r.lineWidth=f,r.beginPath();for(let[d,u,w,g]of p)r.moveTo(l+d*a,c+u*a),r.lineTo(l+w*a,c+g*a);r.stroke()}
return}Tt(r,t,l,c,a),i&&(r.lineWidth=h*a,r.strokeStyle=i,r.stroke()),s?(r.fillStyle=e,r.fill()):(r.fillStyle=n||i||"tran\
sparent",r.fill(),r.lineWidth=Math.max(1.2,.36*a),r.strokeStyle=e,r.stroke())}function P(r,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,n=document.createElement("canvas");n.width=n.height=i;let h=I(n,{willReadFrequently:!0});Ot(h,r,s+.5,s+.5,t);let{
data:l}=h.getImageData(0,0,i,i),c=[],a=[],p=[],m=[],f=[];for(let d=0;d<i*i;d++){let u=Math.round(l[4*d+3]/255*32*e);u&&(c.
push(d%i-s),a.push(Math.floor(d/i)-s),p.push(l[4*d]|l[4*d+2]<<16),m.push(l[4*d+1]<<8),f.push(u))}return{half:s,dx:Int32Array.
from(c),dy:Int32Array.from(a),rb:Int32Array.from(p),g:Int32Array.from(m),a:Int32Array.from(f)}}function pt(r,t,e,s,i,n){
let{half:h,dx:l,dy:c,rb:a,g:p,a:m}=s,f=Math.round(i),d=Math.round(n);if(f<h||d<h||f>=t-h||d>=e-h)return;let u=d*t+f;for(let w=0;w<
m.length;w++){let g=u+c[w]*t+l[w],x=r[g],b=32-m[w],T=(x&16711935)*b+a[w]*m[w]>>>5&16711935,R=(x&65280)*b+p[w]*m[w]>>>5&65280;
r[g]=4278190080|T|R}}function G(r){let t=document.createElement("canvas");t.width=t.height=1;let e=I(t);return e.fillStyle=
r,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var mt=32,Nt=400,zt=60,wt={light:{paper:"#ffffff",text:"#1a1a1a",muted:"#5a5a5a",faint:"#dcdcdc",accent:"#0072b2",wash:"\
rgba(0,114,178,0.12)"},dark:{paper:"#111111",text:"#ececec",muted:"#b8b8b8",faint:"#333333",accent:"#5ab0ee",wash:"rgba(\
90,176,238,0.18)"}};function Dt(r,t){let[e,s,i]=G(r),n=(.3*e+.59*s+.11*i)/255,h=t&&n<.45?.45-n+.1:0;return`rgb(${[e,s,i].
map(l=>Math.round(l+h*(255-l))).join()})`}function Ft(r,{facts:t,places:e,mask:s}){if(!t||!e)return[];let i=r.flat(),n=V(
[i]);if(!n)return[];let[h,l,c,a]=n,p=u=>{let w=new Uint8Array(u.length/2);for(let g=0;g<w.length;g++){let x=u[2*g],b=u[2*
g+1];x>=h&&x<=l&&b>=c&&b<=a&&ft(r,x,b)&&(w[g]=1)}return w},m=p(e.image),f=p(e.text),d=[];for(let u=0;u<t.pairs;u++)(!s||
s[u])&&(m[t.image[u]]||f[t.text[u]])&&d.push(u);return d}var z=class{constructor(t){this.owner=t,this.canvas=o("canvas",
{class:"ame-points","aria-hidden":"true"}),this.over=o("canvas",{class:"ame-over",tabindex:"0",role:"application","data-\
testid":"pair-map","aria-label":"Map of images and texts. Arrow keys move, plus and minus zoom, 0 shows everything, N an\
d B go to the next and previous pair, Escape clears the selection."}),this.tip=o("div",{class:"ame-tip",hidden:!0,role:"\
status"}),this.el=o("div",{class:"ame-stage"},this.canvas,this.over,this.tip),this.view=null,this.picture="",this.place=
null,this.image=null,this.pixels=new Uint32Array,this.moving=!1,this.lasso=null,this.drag=null,this.spriteKey="",this.made=
null,this.hovered=null,this.asked=!1;let e=this.over;e.addEventListener("pointerdown",s=>this.down(s)),e.addEventListener(
"pointermove",s=>this.move(s)),e.addEventListener("pointerup",s=>this.up(s)),e.addEventListener("pointercancel",()=>this.
cancel()),e.addEventListener("pointerleave",()=>this.hover(null)),e.addEventListener("wheel",s=>this.wheel(s),{passive:!1}),
e.addEventListener("keydown",s=>this.key(s)),e.addEventListener("dblclick",()=>this.whole()),this.el.addEventListener("a\
me-size",()=>this.redraw())}get ink(){return L()?wt.dark:wt.light}whole(){this.view=null,this.redraw()}redraw(){this.asked||
(this.asked=!0,requestAnimationFrame(()=>{this.asked=!1,this.paint()}))}settle(t){let{places:e}=this.owner.model;if(!e)return;
if(e.picture!==this.picture&&([this.picture,this.view]=[e.picture,null]),!this.view){let c=[e.image,e.text].map(d=>Array.
from({length:d.length/2},(u,w)=>w).filter(u=>Number.isFinite(d[2*u])).flatMap(u=>[d[2*u],d[2*u+1]])),[a,p,m,f]=V(c)??[0,
1,0,1];this.view={x:(a+p)/2,y:(m+f)/2,w:1.08*(p-a)||1,h:1.08*(f-m)||1}}let{x:s,y:i,w:n,h}=this.view,l=Math.min(t.width/n,
t.height/h);this.place={k:l,x0:t.width/2-s*l,y0:t.height/2+i*l}}sprites(t){let{colors:e}=this.owner.model,s=L(),i=[e?.colors.
join(),e?.scale,t,s].join("|");if(this.spriteKey!==i||!this.made){this.spriteKey=i;let n=(e?.colors??["#0072B2","#D55E00"]).
map(c=>Dt(c,s)),h=this.ink.paper,l=(c,a)=>({plain:P({shape:c,color:a,filled:!0,halo:null},t,.8),dim:P({shape:c,color:a,filled:!0,
halo:null},t,.26),strong:P({shape:c,color:a,filled:!0,halo:h,edge:.5},1.25*t)});this.made={image:n.map(c=>l("circle",c)),
text:n.map(c=>l("diamond",c)),ghost:P({shape:"circle",color:this.ink.faint,filled:!0,halo:null},Math.max(1,.6*t),.7)}}return this.
made}paint(){let t=N(this.canvas);N(this.over);let{facts:e,places:s,colors:i,mask:n,selected:h,codes:l}=this.owner.model,
{width:c,height:a}=this.canvas;if(!e||!s||!c||!a)return;this.settle(t);let{k:p,x0:m,y0:f}=this.place,d=I(this.canvas);(!this.
image||this.image.width!==c||this.image.height!==a)&&(this.image=d.createImageData(c,a),this.pixels=new Uint32Array(this.
image.data.buffer));let{pixels:u}=this,[w,g,x]=G(this.ink.paper);u.fill(4278190080|x<<16|g<<8|w);let b=t.scale,T=e.pairs,
R=b*Math.max(1,Math.min(4.5,Math.round(30*Math.sqrt(t.width*t.height/(2*T)))/100)),j=this.sprites(R),[tt,yt,bt]=[p*b,m*b,
f*b],xt=i?.scale??!1,et=(i?.colors.length??2)-1,_=h.size>0,st=this.owner.flags(),kt=(M,A)=>{if(!l)return A;let E=l[M];return xt?
E===255?et:Math.min(mt-1,E*mt>>8):E},W=M=>{for(let A of[1,0]){let E=A?s.text:s.image,vt=A?e.text:e.image,Mt=A?j.text:j.image;
for(let S=0;S<T;S++){let it=!n||n[S]===1;if((M===0?it:!it)||M===2&&!st[S]||M===1&&_&&st[S])continue;let nt=vt[S],K=E[2*nt];
if(K!==K)continue;let Y=Mt[Math.min(kt(S,A),et)],St=M===0?j.ghost:M===2?Y.strong:_?Y.dim:Y.plain;pt(u,c,a,St,K*tt+yt,bt-
E[2*nt+1]*tt)}}};this.owner.model.hidden&&W(0),W(1),_&&W(2),d.putImageData(this.image,0,0),this.overlay(),this.owner.root.
dataset.painted=String(h.size)}overlay(){let{facts:t,places:e,selected:s,regions:i,active:n}=this.owner.model,{place:h}=this;
if(!t||!e||!h)return;let l=N(this.over),{ink:c}=this,a=I(this.over);a.setTransform(l.scale,0,0,l.scale,0,0),a.clearRect(
0,0,l.width,l.height);let p=f=>[e.image,e.text].map((d,u)=>{let w=u?t.text[f]:t.image[f];return H(h,d[2*w],d[2*w+1])}),m=(f,d,u)=>{
a.beginPath();for(let w of f){let[g,x]=p(w);a.moveTo(...g),a.lineTo(...x)}a.lineWidth=d,a.strokeStyle=u,a.stroke()};if(s.
size&&s.size<=Nt&&(a.globalAlpha=Math.max(.15,1/Math.sqrt(s.size)),m(s,1.2,c.text),a.globalAlpha=1),i.length){a.font="60\
0 13px system-ui, sans-serif",a.textBaseline="middle",a.lineJoin="round";let f=i.map(({name:d,x:u,y:w,count:g})=>{let[x,
b]=H(h,u,w);return{text:d,x,y:b,count:g,width:a.measureText(d).width,side:2}}).filter(({x:d,y:u})=>d>0&&u>0&&d<l.width&&
u<l.height).sort((d,u)=>u.count-d.count);ut(f,l).forEach((d,u)=>{d&&(a.lineWidth=4,a.strokeStyle=c.paper,a.fillStyle=c.text,
a.strokeText(f[u].text,f[u].x+d[0],f[u].y+d[1]),a.fillText(f[u].text,f[u].x+d[0],f[u].y+d[1]))})}for(let[f,d]of[[n,2],[this.
hovered,1.5]])if(f!==null){m([f],d,c.text);for(let[u,w]of p(f))a.beginPath(),a.arc(u,w,8,0,2*Math.PI),a.lineWidth=2,a.strokeStyle=
f===n?c.accent:c.text,a.stroke()}this.lasso&&this.lasso.length>1&&(a.beginPath(),this.lasso.forEach(([f,d],u)=>a[u?"line\
To":"moveTo"](f,d)),a.closePath(),a.fillStyle=c.wash,a.fill(),a.strokeStyle=c.accent,a.lineWidth=1.5,a.stroke()),this.say(
l,p)}say(t,e){let s=this.hovered===null?null:this.owner.wordsOf(this.hovered);if(this.tip.hidden=s===null,this.hovered===
null||s===null)return;let[i,n]=e(this.hovered)[this.side];this.tip.replaceChildren(o("div",{},...s.map((l,c)=>o(c?"div":
"strong",{},l))));let h=i>.55*t.width;this.tip.style.left=h?"":`${i+14}px`,this.tip.style.right=h?`${t.width-i+14}px`:"",
this.tip.style.top=`${Math.max(4,Math.min(t.height-90,n-24))}px`}side=0;under(t){let{facts:e,places:s,mask:i}=this.owner.
model;if(!e||!s||!this.place)return null;let{k:n,x0:h,y0:l}=this.place,c=144,a=null;for(let p of[0,1]){let m=p?s.text:s.
image,f=p?e.text:e.image;for(let d=0;d<e.pairs;d++){if(i&&!i[d])continue;let u=m[2*f[d]]*n+h-t.offsetX,w=l-m[2*f[d]+1]*n-
t.offsetY,g=u*u+w*w;g<c&&([c,a,this.side]=[g,d,p])}}return a}hover(t){t!==this.hovered&&(this.hovered=t,t!==null&&this.owner.
need(t),this.overlay())}down(t){t.button!==0||!this.place||(this.over.focus({preventScroll:!0}),this.over.setPointerCapture(
t.pointerId),this.drag={x:t.offsetX,y:t.offsetY,far:!1,add:t.shiftKey},this.lasso=this.moving?null:[[t.offsetX,t.offsetY]])}move(t){
let{drag:e,view:s,place:i}=this;if(!e)return this.hover(this.under(t));e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,
e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),this.hovered=null,this.overlay()):s&&i&&(s.x-=t.movementX/i.k,
s.y+=t.movementY/i.k,this.redraw()))}up(t){let{drag:e,lasso:s,place:i}=this;if(this.cancel(),!(!e||!i)){if(e.far)s&&this.
owner.pick(Ft(s.map(([n,h])=>X(i,n,h)),this.owner.model),e.add);else{let n=this.under(t);n!==null?this.owner.pick([n],e.
add):e.add||this.owner.pick([],!1)}this.overlay()}}cancel(){this.drag=this.lasso=null}zoom(t,e,s){let{view:i,place:n}=this;
if(!(!i||!n)){if(e!==void 0&&s!==void 0){let[h,l]=X(n,e,s);i.x=h+(i.x-h)*t,i.y=l+(i.y-l)*t}i.w*=t,i.h*=t,this.redraw()}}wheel(t){
t.preventDefault(),this.zoom(Math.exp(.0015*t.deltaY),t.offsetX,t.offsetY)}key(t){let{view:e,place:s}=this;if(!e||!s||t.
ctrlKey||t.metaKey||t.altKey)return;let i=zt/s.k,n=t.key.toLowerCase();if(n==="arrowleft")e.x-=i;else if(n==="arrowright")
e.x+=i;else if(n==="arrowup")e.y+=i;else if(n==="arrowdown")e.y-=i;else if(n==="+"||n==="=")this.zoom(.8);else if(n==="-")
this.zoom(1.25);else if(n==="0")this.view=null;else if(n==="n"||n==="b")this.owner.step(n==="n"?1:-1);else if(n==="escap\
e")this.owner.pick([],!1);else return;t.preventDefault(),t.stopPropagation(),this.redraw()}};var D=class{constructor(t){this.owner=t;let e=(s,i,n)=>o("button",{type:"button",class:"ame-button",title:i,onclick:()=>t.
step(n)},s);this.title=o("strong",{"data-testid":"pair-title"}),this.where=o("span",{class:"ame-muted"}),this.content=o(
"div",{class:"ame-pair-content"}),this.note=o("textarea",{rows:2,"aria-label":"Your note on this pair",placeholder:"Your\
 note on this pair"}),this.note.addEventListener("change",()=>this.row!==null&&t.send({type:"note",row:this.row,text:this.
note.value})),this.note.addEventListener("keydown",s=>s.stopPropagation()),this.el=o("section",{class:"ame-pair","aria-l\
abel":"The selected pair","data-testid":"pair-panel",tabindex:"0"},o("div",{class:"ame-row ame-pair-head"},e("‹","Prev\
ious pair (B or ↑)",-1),e("›","Next pair (N or ↓)",1),this.title,this.where),this.content),this.el.addEventListener(
"keydown",s=>{let i={n:1,ArrowRight:1,b:-1,ArrowLeft:-1}[s.key];i&&(t.step(i),s.preventDefault(),s.stopPropagation())}),
this.row=null}draw(){let{face:t,grid:e,selected:s}=this.owner.model;this.row=t?.row??null;let i=e&&s.size>1?this.grid(e):
null;if(!t){k(this.title,s.size?"":"No pair selected"),k(this.where,""),this.content.replaceChildren(i??o("p",{class:"am\
e-muted"},"Draw a lasso on the map, click a point or a row of the table, or press N for the next pair."));return}k(this.
title,`pair ${t.id}`),k(this.where,t.place<0?"not among the pairs that are shown":`${(t.place+1).toLocaleString("en")} o\
f ${t.count.toLocaleString("en")}`),document.activeElement!==this.note&&(this.note.value=t.note);let[n,...h]=t.captions;
this.content.replaceChildren(...[i,t.picture?o("img",{class:"ame-large",src:t.picture,alt:`image of pair ${t.id}`}):null,
o("p",{class:"ame-own"},n),...h.map(l=>o("p",{class:"ame-muted"},l)),o("dl",{class:"ame-figures-list"},...t.figures.flatMap(
([l,c])=>[o("dt",{},l),o("dd",{},c)])),...t.groups.filter(({pairs:l})=>l.length).map(({title:l,pairs:c})=>o("div",{class:"\
ame-near"},o("h5",{},l),...c.map(a=>this.near(a)))),o("div",{class:"ame-row"},"pairs like this one in",...["image","text",
"joint"].map(l=>o("button",{type:"button",class:"ame-button","data-like":l,onclick:()=>this.owner.send({type:"like",row:t.
row,space:l})},l==="joint"?"both":l))),this.note].filter(l=>l!==null))}near({row:t,caption:e,figures:s,warn:i,picture:n}){
return o("button",{type:"button",class:`ame-near-pair${i?" ame-warn":""}`,onclick:()=>this.owner.pick([t],!1)},n?o("img",
{src:n,alt:""}):null,o("span",{class:"ame-near-words"},e),o("span",{class:"ame-near-figures"},s))}grid({count:t,pairs:e}){
let s=t>e.length?`, the first ${e.length}`:"";return o("div",{class:"ame-grid-of","data-testid":"pair-grid"},o("div",{class:"\
ame-muted"},`${t.toLocaleString("en")} pairs selected${s}`),o("div",{class:"ame-tiles"},...e.map(({row:i,caption:n,picture:h})=>o(
"button",{type:"button",class:i===this.row?"ame-chosen":null,title:n,onclick:()=>this.owner.look(i)},h?o("img",{src:h,alt:n}):
o("span",{},n)))))}};var Rt=250,v=28,Q=60,Z=8e6,jt=3e3,F=class{constructor(t){this.owner=t,this.head=o("div",{class:"ame-table-row ame-table-\
head",role:"row"}),this.body=o("div",{class:"ame-table-body"}),this.spacer=o("div",{class:"ame-table-spacer"},this.body),
this.el=o("div",{class:"ame-table",role:"grid",tabindex:"0","data-testid":"pair-table","aria-label":"Table of the pairs:\
 up and down go to the next and previous pair"},this.head,this.spacer),this.rows=new Map,this.asked=new Set,this.turn=-1,
this.due=!1,this.el.addEventListener("scroll",()=>this.redraw()),this.el.addEventListener("keydown",e=>{let s={ArrowDown:1,
ArrowUp:-1}[e.key];s&&(e.preventDefault(),e.stopPropagation(),t.step(s))}),new ResizeObserver(()=>this.redraw()).observe(
this.el)}drawHead(){let{facts:t,shown:e}=this.owner.model;if(!t)return;let s=t.columns.map(({name:i,kind:n})=>i==="capti\
on"?"minmax(260px, 3fr)":n==="number"?"104px":"132px");this.el.style.setProperty("--ame-columns",`64px ${s.join(" ")}`),
this.el.style.setProperty("--ame-width",`${64+t.columns.reduce((i,{name:n,kind:h})=>i+(n==="caption"?260:h==="number"?104:
132),0)}px`),this.el.setAttribute("aria-colcount",String(t.columns.length+1)),this.head.replaceChildren(o("div",{role:"c\
olumnheader",class:"ame-number"},"pair"),...t.columns.map(({name:i,title:n,kind:h})=>{let l=e?.sort===i;return o("div",{
role:"columnheader","aria-sort":l?e.descending?"descending":"ascending":"none",class:h==="number"&&"ame-number"},o("butt\
on",{type:"button",title:`Sort by ${n}`,"data-sort":i,onclick:()=>this.owner.send({type:"sort",column:i,descending:l?!e.
descending:h==="number"})},n,l?e.descending?" ↓":" ↑":""),o("button",{type:"button",class:"ame-filter-button",title:`\
Filter by ${n}`,"aria-label":`Filter by ${n}`,"data-filter":i,onclick:c=>this.owner.filters.open(i,c.currentTarget)},"⚲"))}))}renew(){
this.rows.clear(),this.asked.clear(),this.turn=this.owner.model.shown?.turn??-1;let t=this.owner.model.shown?.count??0;this.
el.setAttribute("aria-rowcount",String(t+1)),this.spacer.style.height=`${Math.min(Z,t*v)}px`,this.drawHead(),this.redraw()}redraw(){
this.due||(this.due=!0,requestAnimationFrame(()=>{this.due=!1,this.draw()}))}get high(){return this.el.clientHeight||Rt}top(){
let t=this.owner.model.shown?.count??0,e=this.high-v,s=Math.min(Z,t*v)-e,i=s>0?Math.min(1,this.el.scrollTop/s):0;return Math.
max(0,i*(t-e/v))}draw(){let{shown:t,selected:e,active:s}=this.owner.model;if(!t)return;let i=this.top(),n=Math.floor(i),
h=Math.ceil(this.high/v)+1;this.body.style.transform=`translateY(${this.el.scrollTop-(i-n)*v}px)`;let l=[];for(let c=n;c<
Math.min(t.count,n+h);c++){let a=this.rows.get(c);a||this.ask(c);let p=a?e.has(a.row):!1,m=o("div",{role:"row",class:`am\
e-table-row${p?" ame-chosen":""}${a&&a.row===s?" ame-active":""}`,"aria-selected":String(p),"aria-rowindex":c+2,"data-ro\
w":a?.row},...(a?.cells??["…"]).map((f,d)=>o("div",{role:"gridcell",class:this.kind(d),title:d&&f.length>20?f:null},f)));
a&&m.addEventListener("click",f=>this.owner.pick([a.row],f.shiftKey||f.ctrlKey||f.metaKey)),l.push(m)}this.body.replaceChildren(
...l),this.el.dataset.drawn=String(l.filter(c=>c.dataset.row!==void 0).length),this.el.dataset.turn=String(this.turn)}kind(t){
let e=t?this.owner.model.facts?.columns[t-1]:null;return!e||e.kind==="number"?"ame-number":e.name==="caption"?"ame-capti\
on":""}ask(t){let e=Math.floor(t/Q);this.asked.has(e)||(this.asked.add(e),this.owner.send({type:"rows",turn:this.turn,start:e*
Q,count:Q}))}take({turn:t,start:e,rows:s}){t===this.turn&&(this.rows.size>jt&&(this.rows.clear(),this.asked.clear()),s.forEach(
(i,n)=>this.rows.set(e+n,i)),this.redraw())}reveal(t){let e=this.owner.model.shown?.count??0,s=(this.high-2*v)/v,i=this.
top();if(t<0||t>=i&&t<i+s-.5)return;let n=Math.min(Z,e*v)-(this.high-v),h=t<i?t:t-s+1;this.el.scrollTop=h/Math.max(1,e-s-
1)*n,this.redraw()}};function gt(r,t,e,s){let i=t===e?`${e.toLocaleString("en")} pairs`:`${t.toLocaleString("en")} of ${e.
toLocaleString("en")} pairs`;k(r,s?`${i}, ${s.toLocaleString("en")} selected`:i)}var J=class{constructor(t){this.client=t,this.model={facts:null,places:null,colors:null,codes:null,shown:null,mask:null,
hidden:!0,selected:new Set,active:null,regions:[],face:null,grid:null},this.flagged=null,this.own={at:-1/0,key:""},this.
words=new Map,this.map=new z(this),this.filters=new O(this),this.table=new F(this),this.panel=new D(this),this.pictures=
o("select",{"aria-label":"map","data-testid":"picture",onchange:()=>this.send({type:"picture",picture:this.pictures.value})}),
this.models=o("select",{"aria-label":"model","data-testid":"model",onchange:()=>this.send({type:"model",model:this.models.
value})}),this.modelLabel=o("label",{hidden:!0},"model",this.models),this.color=o("select",{"aria-label":"colour","data-\
testid":"color",onchange:()=>this.send({type:"color",column:this.color.value})}),this.search=o("input",{type:"search",placeholder:"\
words in captions","aria-label":"search","data-testid":"search"}),this.search.addEventListener("keydown",e=>{e.stopPropagation(),
e.key==="Enter"&&this.find(!1)}),this.meaning=o("button",{type:"button",class:"ame-button",hidden:!0,onclick:()=>this.find(
!0)},"by meaning"),this.classes=o("button",{type:"button",class:"ame-button",hidden:!0,title:"Classify the images by the\
se classes, separated by commas",onclick:()=>this.typed("classes")},"as classes"),this.concept=o("button",{type:"button",
class:"ame-button",hidden:!0,title:"A direction between two texts, with “ vs ” between them, as an axis of the map",
onclick:()=>this.typed("concept")},"as concept"),this.tool=o("button",{type:"button",class:"ame-button","aria-pressed":"\
false",title:"Drag to move the map in place of drawing a lasso",onclick:()=>this.turnTool()},"move"),this.only=o("button",
{type:"button",class:"ame-button",title:"Show only the selected pairs","data-testid":"only",onclick:()=>this.send({type:"\
only"})},"only selected"),this.name_regions=o("button",{type:"button",class:"ame-button",title:"Find clusters in the ful\
l space and name them by their words","data-testid":"regions",onclick:()=>this.send({type:"regions"})},"name regions"),this.
legend=o("div",{class:"ame-legend","data-testid":"legend"}),this.count=o("span",{class:"ame-count",role:"status","data-t\
estid":"count"}),this.told=o("p",{class:"ame-told",role:"status","data-testid":"told",hidden:!0}),this.caption=o("p",{class:"\
ame-muted ame-caption-line"}),this.cross=o("div",{class:"ame-cross","data-testid":"cross",hidden:!0}),this.root=o("div",
{class:"ame-explorer","data-testid":"explorer"},o("div",{class:"ame-row ame-bar"},this.modelLabel,o("label",{},"map",this.
pictures),o("label",{},"colour",this.color),this.tool,o("button",{type:"button",class:"ame-button",title:"Show the whole\
 map (0)",onclick:()=>this.map.whole()},"whole"),this.search,o("button",{type:"button",class:"ame-button",onclick:()=>this.
find(!1)},"search"),this.meaning,this.classes,this.concept,this.name_regions),this.told,o("div",{class:"ame-upper"},o("d\
iv",{class:"ame-left"},this.legend,this.map.el,this.caption),this.panel.el),o("div",{class:"ame-row ame-over-table"},this.
count,this.only,this.filters.chips),this.table.el,this.cross,this.filters.window),this.themes=new MutationObserver(()=>this.
theme()),this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","class"]}),this.theme()}theme(){
this.root.dataset.dark=String(L()),this.map.redraw(),this.table.redraw(),this.model.colors&&this.drawLegend()}send(t){this.
client.send(t)}find(t){this.search.value.trim()&&this.send({type:"search",text:this.search.value,meaning:t})}typed(t){this.
search.value.trim()&&this.send({type:t,text:this.search.value})}turnTool(){this.map.moving=!this.map.moving,this.tool.setAttribute(
"aria-pressed",String(this.map.moving))}flags(){let{selected:t,facts:e}=this.model;if(this.flagged?.of!==t){let s=new Uint8Array(
e?.pairs??0);for(let i of t)s[i]=1;this.flagged={of:t,made:s}}return this.flagged.made}pick(t,e){let{selected:s}=this.model,
i=new Set(t);if(e){i=new Set(s);for(let n of t)(!i.delete(n)||t.length>1)&&i.add(n)}this.flagged=null,this.own={at:y(),key:[
...i].slice(0,8).join()+i.size},this.light(i),this.send({type:"select",rows:[...i]})}look(t){this.send({type:"look",row:t})}step(t){
this.send({type:"step",by:t})}light(t){this.model.selected=t,this.root.dataset.selected=String(t.size),this.map.redraw(),
this.table.redraw(),this.drawCount()}wordsOf(t){return this.words.get(t)??null}need(t){this.words.has(t)||this.send({type:"\
words",row:t})}drawCount(){let{facts:t,shown:e,selected:s}=this.model;t&&(gt(this.count,e?.count??t.pairs,t.pairs,s.size),
$(this.only,s.size>0))}drawLegend(){let{colors:t}=this.model;if(!t)return;let e=t.scale?[o("span",{},t.low),o("span",{class:"\
ame-ramp",style:`background: linear-gradient(90deg, ${t.colors.slice(0,-1).join(", ")})`}),o("span",{},t.high),t.unknown?
o("span",{class:"ame-muted"},`unknown: ${t.unknown.toLocaleString("en")}`):null]:t.names.map((s,i)=>o("button",{type:"bu\
tton",class:"ame-key",title:t.column==="modality"?null:`Show only ${s}`,onclick:()=>this.send({type:"legend",code:i})},o(
"span",{class:`ame-swatch${t.column==="modality"&&i?" ame-diamond":""}`,style:`background: ${t.colors[i]}`}),o("span",{class:"\
ame-key-name"},s),t.column==="modality"?null:o("b",{},t.counts[i].toLocaleString("en"))));this.legend.replaceChildren(o(
"span",{class:"ame-muted"},t.column==="modality"?"":t.title),...e.filter(s=>s!==null))}drawFacts(){let{facts:t,colors:e}=this.
model;if(!t)return;let s=["modality",...t.columns.filter(({colorable:n})=>n).map(({name:n})=>n)],i=n=>t.columns.find(h=>h.
name===n)?.title??"image or text";this.color.replaceChildren(...s.map(n=>o("option",{value:n},i(n)))),e&&(this.color.value=
e.column);for(let n of[this.meaning,this.classes,this.concept])$(n,t.meaning);this.table.renew()}retained(t,e){let{model:s}=this;
if(t==="facts")s.facts=e,this.drawFacts();else if(t==="places")s.places=e,this.pictures.replaceChildren(...e.pictures.map(
i=>o("option",{value:i.name},i.label))),this.pictures.value=e.picture,this.models.replaceChildren(...e.models.map(i=>o("\
option",{value:i},i))),this.models.value=e.model,$(this.modelLabel,e.models.length>1),k(this.caption,e.words);else if(t===
"colors")[s.colors,s.codes]=[e,e.column==="modality"?null:e.codes],this.color.value=e.column,this.drawLegend();else if(t===
"shown")[s.shown,s.mask]=[e,e.count===s.facts?.pairs?null:e.mask],this.filters.draw(),this.table.renew(),this.drawCount();else if(t===
"selection"){let i=new Set(e.rows),n=[...i].slice(0,8).join()+i.size;if(y()-this.own.at<1&&n!==this.own.key)return;(n!==
this.own.key||i.size!==s.selected.size)&&this.light(i)}else t==="face"?(s.face=e.face,s.grid=e.grid,s.active=e.face?.row??
null,this.panel.draw(),this.table.redraw(),e.face&&this.table.reveal(e.face.place),this.map.overlay()):t==="regions"?s.regions=
e.regions:t==="told"?(k(this.told,e.text),$(this.told,!!e.text),this.told.classList.toggle("ame-bad",e.bad)):t==="cross"&&
this.drawCross(e);this.map.redraw(),this.root.dataset.drawn="true"}drawCross({title:t,names:e,counts:s,words:i}){$(this.
cross,e.length>0);let n=e.length,h=Math.max(1,...s),l=(c,a)=>{let p=s[c*n+a],m=Math.sqrt(p/h);return o("td",{},p?o("butt\
on",{type:"button",class:c===a?"ame-right":"ame-wrong",style:`--ame-share: ${m.toFixed(3)}`,title:`${p} of ${e[c]} taken\
 for ${e[a]}: show these`,onclick:()=>this.send({type:"cell",of:c,as:a})},p.toLocaleString("en")):"")};this.cross.replaceChildren(
o("h5",{},t),o("div",{class:"ame-scroll"},o("table",{},o("thead",{},o("tr",{},o("th",{},"true class"),...e.map(c=>o("th",
{},o("span",{},c))),o("th",{},"accuracy"))),o("tbody",{},...e.map((c,a)=>o("tr",{},o("th",{scope:"row"},c),...e.map((p,m)=>l(
a,m)),o("td",{class:"ame-words"},i[a])))))))}message(t){t.type==="rows"?this.table.take(t):t.type==="words"&&(this.words.
size>5e3&&this.words.clear(),this.words.set(t.row,t.words),this.map.hovered===t.row&&this.map.overlay())}close(){this.themes.
disconnect()}};function _t(r,t){let e=new J(r);return t.append(e.root),{el:e.root,draw(){},retained:(s,i)=>e.retained(s,
i),message:s=>e.message(s),silent(s,i){i&&e.retained("told",{text:"Python has stopped: run the cell again.",bad:!0})},close:()=>e.
close()}}var me=rt(_t);export{J as Explorer,me as default};
